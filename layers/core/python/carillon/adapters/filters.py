"""The port of filters. What reads them is imported when there is one: most tenants have none."""

from collections.abc import Mapping, Sequence
from typing import Any

from carillon.domain.errors import Problem


class JsonPathFilters:
    def check(self, expression: str) -> Sequence[Problem]:
        from carillon.adapters import json_paths  # noqa: PLC0415 - see above

        found = json_paths.problem(expression)
        return [Problem("filter", found)] if found else []

    def matches(self, expression: str, value: Mapping[str, Any]) -> bool:
        from carillon.adapters import json_paths  # noqa: PLC0415 - see above

        return json_paths.matches(expression, value)

    def exists(self, expression: str, value: Mapping[str, Any]) -> bool:
        from carillon.adapters import json_paths  # noqa: PLC0415 - see above

        return json_paths.exists(expression, value)
