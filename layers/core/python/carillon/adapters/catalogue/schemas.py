"""JSON Schema by jsonschema-rs: compiled once, without network access, with bounded patterns."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from carillon.adapters.catalogue.schema_samples import candidates
from carillon.adapters.catalogue.schema_work import MOST_OF_ONE, SchemaWork, size_and_depth
from carillon.domain.base.problems import FieldProblem, joined, shortened
from carillon.domain.base.terms import FieldName

if TYPE_CHECKING:
    import jsonschema_rs

_COMPILED = 256  # schemas kept in the warm process
_MOST_PROBLEMS = 20
# Beyond this many steps a pattern fails, and the value with it. Plain patterns never backtrack;
# look-around and back-references do.
_BACKTRACKING = 10_000
_MOST_CHECKS = 1_000_000  # of all values in an instance; one takes about 0.2 us
# All problems are built before the first is read, alternatives in alternatives, and a problem has
# the text of its keyword.
_MOST_PROBLEMS_BUILT = 20_000
_MOST_TEXT_BUILT = 20_000_000  # bytes


class JsonSchemas:
    def check(self, schema: Mapping[str, Any], *, at: FieldName) -> Sequence[FieldProblem]:
        import jsonschema_rs  # noqa: PLC0415 - few functions use schemas

        try:
            _compiled(_text(schema)).check()
        except jsonschema_rs.ValidationError as error:
            return _problems([error], at)
        except ValueError as error:
            return [FieldProblem(at, shortened(str(error)))]
        return []

    def validate(
        self, schema: Mapping[str, Any], value: Any, *, at: FieldName
    ) -> Sequence[FieldProblem]:
        return _compiled(_text(schema)).problems(value, at)

    def accepts(self, schema: Mapping[str, Any], value: Any) -> bool:
        return not self.check(schema, at=FieldName.INPUT_SCHEMA) and not self.validate(
            schema, value, at=FieldName.PAYLOAD
        )

    def sample(self, schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
        found = _sample(_text(schema))
        return None if found is None else json.loads(found)


@lru_cache(maxsize=_COMPILED)
def _sample(text: str) -> str | None:
    """Return the sample as JSON: each caller has one of its own."""
    compiled = _compiled(text)
    for found in candidates(json.loads(text)):
        if not compiled.problems(found, FieldName.SAMPLE):
            return json.dumps(found)
    return None


class _Compiled:
    """A validator, and the work that it may be given."""

    def __init__(self, text: str, validator: "jsonschema_rs.Validator") -> None:
        self._length = len(text)
        self._validator = validator
        self._work = SchemaWork(json.loads(text))

    def check(self) -> None:
        """Raise ValueError for a schema whose references and alternatives multiply."""
        if self._work.checks(0) > MOST_OF_ONE:
            raise ValueError(
                f"has references and alternatives that ask for more than {MOST_OF_ONE}"
                " checks of one value, or that cannot be followed"
            )

    def problems(self, value: Any, at: FieldName) -> Sequence[FieldProblem]:
        """Return at most 20 problems; fewer when building them all would take too long."""
        size, depth = size_and_depth(value)
        checks = self._work.checks(depth)
        if size * checks > _MOST_CHECKS:
            return [
                FieldProblem(at, "is too large or too deeply nested to be checked by its schema")
            ]
        if self._validator.is_valid(value):
            return []
        if size * checks**2 <= _MOST_PROBLEMS_BUILT and size * self._length <= _MOST_TEXT_BUILT:
            return _problems(self._validator.iter_errors(value), at)
        if checks <= MOST_OF_ONE:
            return self._first(value, at)
        return [FieldProblem(at, "does not match its schema")]

    def _first(self, value: Any, at: FieldName) -> Sequence[FieldProblem]:
        import jsonschema_rs  # noqa: PLC0415 - few functions use schemas

        try:
            self._validator.validate(value)
        except jsonschema_rs.ValidationError as error:
            return _problems([error], at)
        return []


def _text(schema: Mapping[str, Any]) -> str:
    """Return the cache's key: the schema's content, which tenants may share."""
    return json.dumps(schema, separators=(",", ":"), allow_nan=False)


@lru_cache(maxsize=_COMPILED)
def _compiled(schema: str) -> _Compiled:
    import jsonschema_rs  # noqa: PLC0415 - few functions use schemas

    validator = jsonschema_rs.validator_for(
        schema,
        offline=True,
        pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACKING),
    )
    return _Compiled(schema, validator)


def _problems(
    errors: "Iterable[jsonschema_rs.ValidationError]", at: FieldName
) -> list[FieldProblem]:
    return [
        FieldProblem(
            at,
            shortened(error.message),
            error.instance,
            within=shortened(joined(*map(str, error.instance_path))),
        )
        for error in islice(errors, _MOST_PROBLEMS)
    ]
