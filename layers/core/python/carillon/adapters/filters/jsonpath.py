"""The port of filters. It imports the parser on first use, as most tenants have no filter."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.subscriptions.subscriptions import Verdict


class JsonPathFilters:
    def check(self, expression: str) -> Sequence[FieldProblem]:
        from carillon.adapters.filters import jayway  # noqa: PLC0415 - see above

        found = jayway.problem(expression)
        return [FieldProblem(FieldName.FILTER, found)] if found else []

    def verdicts(
        self, expressions: Iterable[str], value: Mapping[str, Any]
    ) -> Mapping[str, Verdict]:
        from carillon.adapters.filters import jayway  # noqa: PLC0415 - see above

        return jayway.verdicts(expressions, value)

    def exists(self, expression: str, value: Mapping[str, Any]) -> bool:
        from carillon.adapters.filters import jayway  # noqa: PLC0415 - see above

        return jayway.exists(expression, value)
