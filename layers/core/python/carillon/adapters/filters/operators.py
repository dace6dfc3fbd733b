"""Jayway's operators that RFC 9535 lacks, and its equality of numbers and texts.

Each counts the values that it looks at.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import regex
from jsonpath.match import NodeList

from carillon.adapters.filters import limits

SETS = ("nin", "subsetof", "anyof", "noneof", "size", "empty")


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def equal_as_text(left: object, right: object) -> bool:
    """Return whether one is a number and the other a text of it, which Jayway calls equal."""
    number, text = (left, right) if is_number(left) else (right, left)
    limits.take_text(text)
    try:
        return isinstance(text, str) and float(text) == number
    except ValueError:
        return False


def take_comparison(left: object, right: object) -> None:
    """Count the steps that it takes at most to compare two values."""
    if isinstance(left, list | Mapping) and isinstance(right, list | Mapping):
        _key(left)
    else:
        limits.take_text(left, right)


def listed(found: object) -> list[Any]:
    """Return the operand of an operator on sets: an array, or its only value in one."""
    value = _value(found)
    return value if isinstance(value, list) else [value]


def _value(found: object) -> Any:
    return found.values() if isinstance(found, NodeList) else found


def _key(value: Any) -> Hashable:
    """Return what equals another value's key if the values are equal, counting what it reads."""
    if isinstance(value, Mapping | list):
        return limits.work().once(value, _compound_key)
    limits.take_text(value)
    return value if isinstance(value, Hashable) else id(value)


def _compound_key(value: Any) -> Hashable:
    key: Hashable = (
        frozenset((name, _key(item)) for name, item in value.items())
        if isinstance(value, Mapping)
        else tuple(_key(item) for item in value)
    )
    return limits.work().number(key)


def _keys(items: list[Any]) -> frozenset[Hashable]:
    """Return the keys of the items; once an evaluation for the same array."""
    limits.take(1)
    return limits.work().once(items, _new_keys)


def _new_keys(items: list[Any]) -> frozenset[Hashable]:
    return frozenset(_key(item) for item in items)


def _contains(left: object, right: object) -> bool:
    value, wanted = _value(left), _value(right)
    if isinstance(value, str):
        limits.take_text(value, wanted)
        return isinstance(wanted, str) and wanted in value
    if isinstance(value, Mapping):
        return isinstance(wanted, Hashable) and wanted in value
    return isinstance(value, list) and _key(wanted) in _keys(value)


def _has_size(found: object) -> bool:
    return isinstance(_value(found), list | str | Mapping)


def _among(left: object, right: object) -> bool:
    return _key(_value(left)) in _keys(listed(right))


def _any_of(left: object, right: object) -> bool:
    return not _keys(listed(right)).isdisjoint(_counted(listed(left)))


def _subset_of(left: object, right: object) -> bool:
    return _counted(listed(left)) <= _keys(listed(right))


def _counted(items: list[Any]) -> frozenset[Hashable]:
    """Return the items' keys, and count that each is looked for."""
    found = _keys(items)
    limits.take(len(found))
    return found


def _fits(text: object, pattern: object) -> bool:
    """Return whether the whole text matches the pattern, within the time that is left."""
    if not isinstance(pattern, regex.Pattern) or not isinstance(text, str):
        return False
    limits.take_text(text)
    with limits.pattern_time() as seconds:
        return pattern.fullmatch(text, timeout=seconds) is not None


OPERATORS: Mapping[str, Callable[[object, object], bool]] = {
    "=~": _fits,
    "in": _among,
    "nin": lambda left, right: not _among(left, right),
    "subsetof": _subset_of,
    "anyof": _any_of,
    "noneof": lambda left, right: not _any_of(left, right),
    "size": lambda left, right: _has_size(left) and len(_value(left)) == _value(right),
    "empty": lambda left, right: _has_size(left) and (not _value(left)) is _value(right),
    "contains": _contains,
}
