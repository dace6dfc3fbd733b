"""JSON values, and the few others that a template meets, as Java shows and compares them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from carillon.adapters.rendering.velocity import dates, numbers
from carillon.adapters.rendering.velocity.signatures import Tool
from carillon.adapters.rendering.velocity.state import (
    DEEPEST,
    LimitExceeded,
    Rendering,
    check_length,
)


@dataclass(frozen=True)
class Entry:
    """A key of a map with its value."""

    key: Any
    value: Any


@dataclass(frozen=True)
class View:
    """The keys, the values or the entries of a map: they are counted and walked, not numbered."""

    items: tuple[Any, ...]


@dataclass
class Loop:
    """`$foreach`, within a loop."""

    parent: "Loop | None"
    index: int = -1
    has_next: bool = False

    @property
    def topmost(self) -> "Loop":
        loop = self
        while loop.parent:
            loop = loop.parent
        return loop


def text_of(value: Any) -> str | None:
    """Return a value as it is shown, or None for what is not shown at all."""
    match value:
        case None | Loop() | Tool():
            return None
        case str():
            return value
    pieces: list[str] = []
    length = 0
    for piece in _pieces(value, DEEPEST):
        length += len(piece)
        check_length(length)
        pieces.append(piece)
    return "".join(pieces)


def is_true(value: Any) -> bool:
    """Say whether #if takes a value for true: not if it is missing, false, zero or empty."""
    match value:
        case Entry() | Loop() | Tool() | datetime():
            return True
        case View():
            return bool(value.items)
        case _:
            return bool(value)


def items_of(value: Any) -> list[Any] | None:
    """Return what #foreach walks, which of a map are its values; None for what it cannot."""
    match value:
        case list():
            return list(value)
        case dict():
            return list(value.values())
        case View():
            return list(value.items)
        case _:
            return None


def are_equal(left: Any, right: Any, rendering: Rendering) -> bool:
    """Compare as `==` does: numbers with texts that are numbers, and otherwise what is shown."""
    if left is None or right is None:
        return left is right
    if not (isinstance(left, str) and isinstance(right, str)):
        a, b = numbers.number_of(left), numbers.number_of(right)
        if a is not None and b is not None:
            return numbers.compare(a, b) == 0
    if _kind(left) is _kind(right):
        return are_same(left, right, rendering)
    return text_of(left) == text_of(right)


def are_same(left: Any, right: Any, rendering: Rendering, levels: int = DEEPEST) -> bool:
    """Compare as Java's `equals`: 1 is neither 1.0 nor "1"."""
    rendering.step()
    if not levels:
        raise LimitExceeded(f"has lists nested deeper than {DEEPEST}")
    if _kind(left) is not _kind(right):
        return False

    def same(a: Any, b: Any) -> bool:
        return are_same(a, b, rendering, levels - 1)

    match left:
        case list():
            return len(left) == len(right) and all(map(same, left, right))
        case dict():
            return left.keys() == right.keys() and all(same(v, right[k]) for k, v in left.items())
        case Entry():
            return same(left.key, right.key) and same(left.value, right.value)
        case View():
            return same(list(left.items), list(right.items))
        case _:
            return bool(left == right)


def _kind(value: Any) -> type:
    return str if isinstance(value, str) else type(value)


def _pieces(value: Any, levels: int) -> Iterator[str]:
    if not levels:
        raise LimitExceeded(f"has lists nested deeper than {DEEPEST}")
    match value:
        case None | Loop() | Tool():
            yield "null"
        case bool():
            yield "true" if value else "false"
        case str():
            yield value
        case Entry():
            yield from _pieces(value.key, levels - 1)
            yield "="
            yield from _pieces(value.value, levels - 1)
        case dict():
            yield from _listed("{}", _entries(value), levels)
        case list():
            yield from _listed("[]", value, levels)
        case View():
            yield from _listed("[]", value.items, levels)
        case datetime():
            yield dates.formatted(value, dates.AS_TEXT)
        case _:
            yield numbers.text_of(value)


def _entries(value: Mapping[Any, Any]) -> Iterator[Entry]:
    return (Entry(key, item) for key, item in value.items())


def _listed(brackets: str, items: Iterable[Any], levels: int) -> Iterator[str]:
    yield brackets[0]
    for number, item in enumerate(items):
        if number:
            yield ", "
        yield from _pieces(item, levels - 1)
    yield brackets[1]
