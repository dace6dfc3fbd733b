"""Jayway's operators that RFC 9535 lacks, and its equality of numbers and texts."""

from collections.abc import Callable, Mapping
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
    try:
        return isinstance(text, str) and float(text) == number
    except ValueError:
        return False


def listed(found: object) -> list[Any]:
    """Return the operand of an operator on sets: an array, or its only value in one."""
    value = _value(found)
    return value if isinstance(value, list) else [value]


def _value(found: object) -> Any:
    return found.values() if isinstance(found, NodeList) else found


def _contains(left: object, right: object) -> bool:
    value, wanted = _value(left), _value(right)
    if isinstance(value, str):
        return isinstance(wanted, str) and wanted in value
    return isinstance(value, list | Mapping) and wanted in value


def _has_size(found: object) -> bool:
    return isinstance(_value(found), list | str | Mapping)


def _among(left: object, right: object) -> bool:
    return _value(left) in listed(right)


def _any_of(left: object, right: object) -> bool:
    wanted = listed(right)
    return any(item in wanted for item in listed(left))


def _subset_of(left: object, right: object) -> bool:
    wanted = listed(right)
    return all(item in wanted for item in listed(left))


def _fits(text: object, pattern: object) -> bool:
    """Return whether the whole text matches the pattern, within the time that is left."""
    if not isinstance(pattern, regex.Pattern) or not isinstance(text, str):
        return False
    return pattern.fullmatch(text, timeout=limits.seconds_left()) is not None


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
