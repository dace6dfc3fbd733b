"""JSON Schema by jsonschema-rs: compiled once, without network access, with bounded patterns."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from carillon.domain.base.problems import FieldProblem, joined
from carillon.domain.base.terms import FieldName

if TYPE_CHECKING:
    import jsonschema_rs

_COMPILED = 256  # schemas kept in the warm process
_MOST_PROBLEMS = 20
_LONGEST_MESSAGE = 200
# Beyond this many steps a pattern fails, and the value with it. Plain patterns never backtrack;
# look-around and back-references do.
_BACKTRACKING = 10_000


class JsonSchemas:
    def check(self, schema: Mapping[str, Any], *, at: FieldName) -> Sequence[FieldProblem]:
        import jsonschema_rs  # noqa: PLC0415 - few functions use schemas

        try:
            _compiled(_text(schema))
        except jsonschema_rs.ValidationError as error:
            return _problems([error], at)
        except ValueError as error:
            return [FieldProblem(at, _shortened(str(error)))]
        return []

    def validate(
        self, schema: Mapping[str, Any], value: Any, *, at: FieldName
    ) -> Sequence[FieldProblem]:
        return _problems(_compiled(_text(schema)).iter_errors(value), at)


def _text(schema: Mapping[str, Any]) -> str:
    """Return the cache's key: the schema's content, which tenants may share."""
    return json.dumps(schema, separators=(",", ":"), allow_nan=False)


@lru_cache(maxsize=_COMPILED)
def _compiled(schema: str) -> "jsonschema_rs.Validator":
    import jsonschema_rs  # noqa: PLC0415 - few functions use schemas

    return jsonschema_rs.validator_for(
        schema,
        offline=True,
        pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACKING),
    )


def _problems(
    errors: "Iterable[jsonschema_rs.ValidationError]", at: FieldName
) -> list[FieldProblem]:
    return [
        FieldProblem(
            at,
            _shortened(error.message),
            error.instance,
            within=joined(*map(str, error.instance_path)),
        )
        for error in islice(errors, _MOST_PROBLEMS)
    ]


def _shortened(message: str) -> str:
    return message if len(message) <= _LONGEST_MESSAGE else message[: _LONGEST_MESSAGE - 1] + "…"
