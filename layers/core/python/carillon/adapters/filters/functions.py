"""Jayway's functions at the end of a path."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from carillon.adapters.filters import limits
from carillon.adapters.filters.values import Broken, Names, OutOfBounds, is_number, text_of

_HIGHEST, _LEAST = 1.7976931348623157e308, 5e-324  # what min() and max() begin with


def call(name: str, value: Any, arguments: Sequence[Any]) -> Any:
    """Return the function of a value; None when it does not apply to such a value."""
    limits.take(limits.CALL)
    return FUNCTIONS[name](value, arguments)


def _length(value: Any, _: Sequence[Any]) -> int | None:
    return len(value) if isinstance(value, Mapping | list) else None


def _keys(value: Any, _: Sequence[Any]) -> Names | None:
    if not isinstance(value, Mapping):
        return None
    limits.take(len(value))
    return Names(value)


def _listed(arguments: Sequence[Any]) -> Iterator[Any]:
    """Return the arguments one by one, and the items of those that are arrays."""
    for argument in arguments:
        items = argument if isinstance(argument, list) else (argument,)
        limits.take(len(items))
        yield from items


def _concat(value: Any, arguments: Sequence[Any]) -> str:
    items = value if isinstance(value, list) else ()
    limits.take(len(items))
    parts = [part for part in items if isinstance(part, str)]
    parts += [text_of(part) for part in _listed(arguments) if part is not None]
    limits.take_text(*parts)
    return "".join(parts)


def _append(value: Any, arguments: Sequence[Any]) -> Any:
    if not isinstance(value, list):
        return value
    limits.take(len(value))
    return [*value, *arguments]


def _double(number: float) -> float:
    """Return a number as a double; beyond a double's range it is infinite."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _of_numbers(
    reduce: Callable[[list[float]], float],
) -> Callable[[Any, Sequence[Any]], float]:
    def function(value: Any, arguments: Sequence[Any]) -> float:
        items = value if isinstance(value, list) else ()
        limits.take(len(items))
        numbers = [_double(n) for n in _chain(items, _listed(arguments)) if is_number(n)]
        if not numbers:
            raise Broken("no numbers")
        return reduce(numbers)

    return function


def _chain(*parts: Iterable[Any]) -> Iterator[Any]:
    for part in parts:
        yield from part


def _sum(numbers: list[float]) -> float:
    """Add one after the other, as Java does; Python's own sum is more exact."""
    total = 0.0
    for number in numbers:
        total += number
    return total


def _deviation(numbers: list[float]) -> float:
    count, total = len(numbers), _sum(numbers)
    variance = _sum([n * n for n in numbers]) / count - total * total / count / count
    return math.sqrt(variance) if variance >= 0 else math.nan


def _item(value: Any, index: int) -> Any:
    if not isinstance(value, list):
        raise Broken("no array")
    if index < 0:
        index += len(value)
        if index <= 0:  # Jayway does not find the first item from the end
            raise Broken("no such item")
    if index >= len(value):
        raise OutOfBounds("no such item")
    return value[index]


def _index(value: Any, arguments: Sequence[Any]) -> Any:
    if not isinstance(value, list):
        raise Broken("no array")
    numbers = [number for number in _listed(arguments) if is_number(number)]
    if not numbers or not math.isfinite(_double(numbers[0])):
        raise OutOfBounds("no index")
    return _item(value, int(numbers[0]))


FUNCTIONS: Mapping[str, Callable[[Any, Sequence[Any]], Any]] = {
    "length": _length,
    "size": _length,
    "keys": _keys,
    "concat": _concat,
    "append": _append,
    "min": _of_numbers(lambda numbers: min([_HIGHEST, *numbers])),
    "max": _of_numbers(lambda numbers: max([_LEAST, *numbers])),
    "sum": _of_numbers(_sum),
    "avg": _of_numbers(lambda numbers: _sum(numbers) / len(numbers)),
    "stddev": _of_numbers(_deviation),
    "first": lambda value, _: _item(value, 0),
    "last": lambda value, _: _item(value, -1),
    "index": _index,
}
