"""What a condition asks of two values. Each operator counts the values that it looks at."""

from collections.abc import Callable, Mapping
from decimal import Decimal

import regex

from carillon.adapters.filters import limits
from carillon.adapters.filters.values import (
    Broken,
    Elements,
    Json,
    Node,
    Unfit,
    elements,
    equal,
)

type Operator = Callable[[Node, Node], bool]

_MOST = 40  # figures of a number that a size may have


def _units(text: str) -> int:
    """Return the length of a text as Java counts it."""
    limits.take_text(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _alike(left: Node, right: Node) -> bool:
    return type(left) is type(right) and equal(left, right)


def _ordered(signs: frozenset[int]) -> Operator:
    """Return an operator that holds if the left is before (-1), at (0) or after (1) the right."""

    def ordered(left: Node, right: Node) -> bool:
        if isinstance(left, Decimal) and isinstance(right, Decimal):
            return (left > right) - (left < right) in signs
        if isinstance(left, str) and isinstance(right, str):
            limits.take_text(left, right)
            one, other = (text.encode("utf-16-be", "surrogatepass") for text in (left, right))
            return (one > other) - (one < other) in signs
        return False

    return ordered


def _has_size(left: Node, right: Node) -> bool:
    if not isinstance(right, Decimal):
        return False
    size = int(right) if right.adjusted() < _MOST else 0
    if isinstance(left, str):
        return _units(left) == size
    return isinstance(left, Json) and size == (
        len(left.value) if isinstance(left.value, list) else -1
    )


def _is_empty(left: Node, right: Node) -> bool:
    if isinstance(left, Json) and not isinstance(left.value, list):
        raise Broken("an object is neither empty nor not")
    if not isinstance(left, str | Json):
        return False
    if not isinstance(right, bool):
        raise Unfit("no boolean")
    return (not (left if isinstance(left, str) else left.value)) == right


def _contains(left: Node, right: Node) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        limits.take_text(left, right)
        return right in left
    if not isinstance(left, Json):
        return False
    items = elements(left)
    return items is not None and items.has(right)


def _among(left: Node, right: Node) -> bool:
    items = elements(right)
    return items is not None and items.has(left)


def _of_lists(ask: Callable[[Elements, Elements], bool]) -> Operator:
    def asked(left: Node, right: Node) -> bool:
        among = elements(right)
        if among is None:
            return False
        items = elements(left)
        return items is not None and ask(items, among)

    return asked


def _fits(left: Node, right: Node) -> bool:
    """Return whether a whole text, or one of an array, matches a pattern."""
    pattern, value = (left, right) if isinstance(left, regex.Pattern) else (right, left)
    if not isinstance(pattern, regex.Pattern) or isinstance(value, regex.Pattern):
        return False
    if isinstance(value, Json) and isinstance(value.value, list):
        items = elements(value)
        return items is not None and any(_matches(pattern, one) for one in items.nodes)
    return _matches(pattern, value)


def _matches(pattern: "regex.Pattern[str]", value: Node) -> bool:
    """Return whether it matches within the time that is left; what is no text is an empty one."""
    match value:
        case bool():
            text = "true" if value else "false"
        case str() | Decimal():
            text = str(value)
        case _:
            text = ""
    limits.take_text(text)
    with limits.pattern_time() as seconds:
        return pattern.fullmatch(text, timeout=seconds) is not None


OPERATORS: Mapping[str, Operator] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "===": _alike,
    "!==": lambda left, right: not _alike(left, right),
    "<": _ordered(frozenset({-1})),
    "<=": _ordered(frozenset({-1, 0})),
    ">": _ordered(frozenset({1})),
    ">=": _ordered(frozenset({1, 0})),
    "=~": _fits,
    "in": _among,
    "nin": lambda left, right: not _among(left, right),
    "contains": _contains,
    "size": _has_size,
    "empty": _is_empty,
    "subsetof": _of_lists(lambda items, among: all(among.has(one) for one in items.nodes)),
    "anyof": _of_lists(lambda items, among: any(among.has(one) for one in items.nodes)),
    "noneof": _of_lists(lambda items, among: not any(among.has(one) for one in items.nodes)),
}
# Operators of its Java interface: in a text they hold for nothing.
NEVER = frozenset({"all", "type", "matches", "exists"})
