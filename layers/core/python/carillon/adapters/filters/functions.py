"""Jayway's functions at the end of a path, and RFC 9535's on patterns."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import regex
from jsonpath.function_extensions import ExpressionType, FilterFunction

from carillon.adapters.filters import limits
from carillon.adapters.filters.operators import is_number, listed

_HUGE: Final = float("inf")
_COMPILED = 128  # patterns of events kept in the warm process


def call(name: str, value: Any, arguments: Sequence[object]) -> Any:
    """Return the function of a value; None when it does not apply to such a value."""
    limits.take(limits.CALL)
    return FUNCTIONS[name](value, arguments)


def _length(value: Any, _: Sequence[object]) -> int | None:
    return len(value) if isinstance(value, Mapping | list | str) else None


def _keys(value: Any, _: Sequence[object]) -> list[str] | None:
    if not isinstance(value, Mapping):
        return None
    limits.take(len(value))
    return list(value)


def _concat(value: Any, arguments: Sequence[object]) -> str:
    parts: list[Any] = list(value) if isinstance(value, list) else []
    if isinstance(value, str):
        parts.append(value)
    for argument in arguments:
        parts += listed(argument)
    limits.take(len(parts))
    shown = [_text(part) for part in parts if isinstance(part, str | int | float)]
    limits.take_text(*shown)
    return "".join(shown)


def _text(part: str | float) -> str:
    try:
        return str(part)
    except ValueError:  # more digits than Python writes
        return str(_HUGE)


def _double(number: float) -> float:
    """Return a number as Jayway reads it; beyond a double's range it is infinite."""
    try:
        return float(number)
    except OverflowError:
        return _HUGE if number > 0 else -_HUGE


def _of_numbers(
    reduce: Callable[[list[float]], float],
) -> Callable[[Any, Sequence[object]], float | None]:
    def function(value: Any, _: Sequence[object]) -> float | None:
        if not isinstance(value, list):
            return None
        limits.take(len(value))
        numbers = [_double(n) for n in value if is_number(n)]
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


class OfPattern(FilterFunction):
    """`match(text, pattern)` and `search(text, pattern)`, within the time that is left.

    The library's own have no limit, and both may come with the event.
    """

    arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012 - the library's
    return_type = ExpressionType.LOGICAL

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole

    def __call__(self, value: object, pattern: object) -> bool:
        if not isinstance(value, str) or not isinstance(pattern, str):
            return False
        if len(pattern) > limits.LONGEST:
            raise limits.TooMuch
        limits.take(len(pattern) * limits.NODE)
        limits.take_text(value)
        compiled = _compiled(pattern)
        if compiled is None:
            return False
        find = compiled.fullmatch if self._whole else compiled.search
        with limits.pattern_time() as seconds:
            return find(value, timeout=seconds) is not None


@lru_cache(maxsize=_COMPILED)
def _compiled(pattern: str) -> regex.Pattern[str] | None:
    try:
        return regex.compile(pattern)
    except (regex.error, RecursionError):
        return None
