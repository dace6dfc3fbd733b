"""Jayway's functions at the end of a path."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from carillon.adapters.filters.operators import is_number, listed


def call(name: str, value: Any, arguments: Sequence[object]) -> Any:
    """Return the function of a value; None when it does not apply to such a value."""
    return FUNCTIONS[name](value, arguments)


def _length(value: Any, _: Sequence[object]) -> int | None:
    return len(value) if isinstance(value, Mapping | list | str) else None


def _keys(value: Any, _: Sequence[object]) -> list[str] | None:
    return list(value) if isinstance(value, Mapping) else None


def _concat(value: Any, arguments: Sequence[object]) -> str:
    parts: list[Any] = list(value) if isinstance(value, list) else []
    if isinstance(value, str):
        parts.append(value)
    for argument in arguments:
        parts += listed(argument)
    return "".join(str(part) for part in parts if isinstance(part, str | int | float))


def _of_numbers(
    reduce: Callable[[list[float]], float],
) -> Callable[[Any, Sequence[object]], float | None]:
    def function(value: Any, _: Sequence[object]) -> float | None:
        numbers = [n for n in value if is_number(n)] if isinstance(value, list) else []
        return reduce(numbers) if numbers else None

    return function


FUNCTIONS: Mapping[str, Callable[[Any, Sequence[object]], Any]] = {
    "length": _length,
    "size": _length,
    "keys": _keys,
    "concat": _concat,
    "min": _of_numbers(min),
    "max": _of_numbers(max),
    "sum": _of_numbers(sum),
    "avg": _of_numbers(lambda numbers: sum(numbers) / len(numbers)),
}
