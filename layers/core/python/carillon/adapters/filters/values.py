"""The values that a condition compares, and when two of them are equal, as Jayway has it.

A value of an event is None, a bool, a text, a `Decimal`, or `Json`: an array or an object. Equality
depends on the side: `1 == '1.0'` compares numbers, and `'1.0' == 1` texts.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import regex

from carillon.adapters.filters import limits, literals
from carillon.adapters.filters.scanner import unescape

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_PLAIN_DOUBLES = 1e-3, 1e7  # Java writes the others with an exponent
_LEAST = 5e-324, "4.9E-324"
_QUOTES = "'", '"'
_CONTROLS = "".join(map(chr, range(33)))  # what Java trims


class Unfit(Exception):
    """The condition cannot be asked of this value: it does not hold."""


class NotFound(Unfit):
    """A property that the path needs is not there."""


class Broken(Exception):
    """Jayway gives up the whole expression on this event: it selects nothing."""


class OutOfBounds(Broken):
    """An item that a function asks for is not there."""


class Undefined:
    """What is not there. It equals nothing, itself neither."""


UNDEFINED: Final = Undefined()


class Names(tuple[str, ...]):
    """What `keys()` returns: no array in Jayway, so nothing can be asked of it."""

    __slots__ = ()


class Json:
    """An array or an object: of the event, or written in the condition as `text`."""

    __slots__ = ("is_path", "text", "value")

    def __init__(
        self, value: Any, text: str | None = None, *, is_path: Callable[[str], bool] | None = None
    ) -> None:
        self.value = value
        self.text = text
        self.is_path = is_path  # needed to look for values in an array


type Node = bool | str | Decimal | Json | Undefined | regex.Pattern[str] | None


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def text_of_double(number: float) -> str:
    """Return a double as Java writes it."""
    if number == _LEAST[0]:
        return _LEAST[1]
    low, high = _PLAIN_DOUBLES
    shown = repr(number)
    if number == 0 or low <= abs(number) < high:
        return shown
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    sign, digits, exponent = Decimal(shown).as_tuple()
    figures = "".join(map(str, digits)).rstrip("0")
    power = len(digits) - 1 + int(exponent)
    return f"{'-' if sign else ''}{figures[0]}.{figures[1:] or '0'}E{power}"


def text_of(value: Any) -> str:
    """Return a value of JSON as Java writes it."""
    match value:
        case str():
            return value
        case Names():
            return f"[{', '.join(value)}]"
        case Mapping():  # as Java writes a map; within an array it is JSON
            return f"{{{', '.join(f'{name}={text_of(one)}' for name, one in value.items())}}}"
        case _:
            return _json(value)


def _json(value: Any) -> str:
    match value:
        case Mapping():
            return f"{{{','.join(f'{_json(name)}:{_json(one)}' for name, one in value.items())}}}"
        case list():
            return f"[{','.join(map(_json, value))}]"
        case float():
            return text_of_double(value)
        case int() if not isinstance(value, bool):
            return str(Decimal(value))  # Python writes no more than 4,300 figures
        case _:
            return json.dumps(value, ensure_ascii=False)


def _decimal(number: float) -> Decimal:
    if isinstance(number, int):
        return Decimal(number)
    if not math.isfinite(number):
        raise Broken("no number")
    return Decimal(text_of_double(number))


def number_in(text: str) -> Decimal | None:
    """Return the number that a text is; None if it is none."""
    limits.take_text(text)
    try:
        return Decimal(text) if _NUMBER.match(text) else None
    except InvalidOperation:  # an exponent beyond all numbers
        return None


def node_of(value: Any, is_path: Callable[[str], bool] | None = None) -> Node:
    """Return what a path found, for a comparison."""
    if value is None or isinstance(value, bool | str):
        return value
    if is_number(value):
        return _decimal(value)
    if isinstance(value, list | Mapping):
        return Json(value, is_path=is_path)
    raise Broken("nothing can be asked of such a value")


def _element(value: Any, is_path: Callable[[str], bool] | None) -> Node:
    """Return an item of an array, for a comparison: texts that look like more are not texts."""
    if isinstance(value, list | Mapping):
        raise Broken("arrays and objects in an array cannot be compared")
    if not isinstance(value, str):
        return node_of(value)
    limits.take_text(value)
    bare = value.strip(_CONTROLS)
    if bare[:1] in ("$", "@") and is_path and _is_path(bare, is_path):
        return UNDEFINED
    if len(bare) > 1 and bare[0] + bare[-1] in ("[]", "{}") and _is_json(bare):
        return Json(None, value)
    return unquoted(value) if len(value) > 1 else value


def _is_path(text: str, is_path: Callable[[str], bool]) -> bool:
    limits.take(len(text) * limits.NODE)
    return len(text) <= limits.LONGEST and is_path(text)


def _is_json(text: str) -> bool:
    limits.take(len(text))
    return literals.is_json(text)


def unquoted(text: str) -> str:
    """Return a text without the quotes around it, and what its backslashes stand for."""
    if text[0] == text[-1] and text[0] in _QUOTES:
        text = text[1:-1]
    try:
        return unescape(text)
    except ValueError as error:
        raise Broken("a backslash stands for nothing") from error


class Elements:
    """The items of an array, ready to be looked for."""

    def __init__(self, items: Sequence[Any], is_path: Callable[[str], bool] | None) -> None:
        limits.take(len(items) * limits.CALL)
        self.nodes = [_element(item, is_path) for item in items]
        self._keys = {key for node in self.nodes for key in _keys(node)}

    def has(self, wanted: Node) -> bool:
        """Return whether the value equals one of the items."""
        limits.take(1)
        return not self._keys.isdisjoint(_sought(wanted))


def elements(node: Node) -> Elements | None:
    """Return the items of an array, once an evaluation; None for what is none.

    Raise Unfit for what is no JSON.
    """
    if not isinstance(node, Json):
        raise Unfit("no array")
    if not isinstance(node.value, list):
        return None
    return limits.work().once(node.value, lambda items: Elements(items, node.is_path))


def _keys(node: Node) -> Iterable[tuple[str, Any]]:
    """Return what stands for an item of an array; whatever equals it has one of these."""
    match node:
        case Decimal():
            return ("number", node), ("text of number", str(node))
        case str():
            number = number_in(node)
            return ("text", node), ("number in text", number)
        case Json():
            return (("json", node.text),)
        case None | bool():
            return ((type(node).__name__, node),)
        case _:
            return ()


def _sought(node: Node) -> Iterable[tuple[str, Any]]:
    match node:
        case Decimal():
            return ("number", node), ("number in text", node)
        case str():
            limits.take_text(node)
            return ("text", node), ("text of number", node)
        case Json():
            return (("json", node.text),) if node.text is not None else ()
        case None | bool():
            return ((type(node).__name__, node),)
        case _:
            return ()


def equal(left: Node, right: Node) -> bool:
    if isinstance(left, Json) and isinstance(right, Json):
        return left.text is None and same(left.value, right.value)
    return not set(_sought(left)).isdisjoint(_keys(right))


def same(left: Any, right: Any) -> bool:
    """Return whether two values of JSON are the same in Java, where 1 and 1.0 are not."""
    limits.take(3)
    if isinstance(left, Mapping):
        return (
            isinstance(right, Mapping)
            and left.keys() == right.keys()
            and all(same(value, right[name]) for name, value in left.items())
        )
    if isinstance(left, list):
        return (
            isinstance(right, list)
            and len(left) == len(right)
            and all(same(one, other) for one, other in zip(left, right, strict=True))
        )
    limits.take_text(left)
    return type(left) is type(right) and bool(left == right)
