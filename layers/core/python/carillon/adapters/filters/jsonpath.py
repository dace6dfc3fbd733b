"""The port of filters. It imports the parser on first use, as most tenants have no filter."""

from collections.abc import Mapping, Sequence
from typing import Any

from carillon.domain.base.errors import Problem


class JsonPathFilters:
    def check(self, expression: str) -> Sequence[Problem]:
        from carillon.adapters.filters import jayway  # noqa: PLC0415 - see above

        found = jayway.problem(expression)
        return [Problem("filter", found)] if found else []

    def matches(self, expression: str, value: Mapping[str, Any]) -> bool:
        from carillon.adapters.filters import jayway  # noqa: PLC0415 - see above

        return jayway.matches(expression, value)

    def exists(self, expression: str, value: Mapping[str, Any]) -> bool:
        from carillon.adapters.filters import jayway  # noqa: PLC0415 - see above

        return jayway.exists(expression, value)
