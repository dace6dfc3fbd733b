"""The methods of texts, counted in UTF-16 as Java does; of numbers; and those of every value."""

import re as characters
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import regex

from carillon.adapters.rendering.velocity import dates, markup, numbers, values
from carillon.adapters.rendering.velocity.markup import Marked
from carillon.adapters.rendering.velocity.signatures import Method, Refused
from carillon.adapters.rendering.velocity.state import (
    LimitExceeded,
    Rendering,
    check_items,
    check_length,
)
from carillon.domain.catalogue.markups import LINE_END, SPACE

_CONTROLS = "".join(map(chr, range(33)))  # what Java's trim removes
_ASTRAL = characters.compile("[\U00010000-\U0010ffff]")
_GROUP = characters.compile(r"\\(.)|\$(\d)|\$\{(\w+)\}", characters.DOTALL)


def _units(text: str) -> str:
    """Return the text in UTF-16 code units: two for a character beyond the first 65,536."""
    if text.isascii() or not _ASTRAL.search(text):
        return str(text)
    encoded = text.encode("utf-16-le", "surrogatepass")
    return "".join(
        chr(int.from_bytes(encoded[i : i + 2], "little")) for i in range(0, len(encoded), 2)
    )


def _whole(units: str) -> str:
    """Return text of code units, with a mark for each half of a character."""
    if units.isascii():
        return units
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _substring(_: Rendering, text: str, first: int, end: int | None = None) -> str:
    units = _units(text)
    end = len(units) if end is None else end
    if not 0 <= first <= end <= len(units):
        raise Refused
    return _whole(units[first:end])


def _char_at(_: Rendering, text: str, index: int) -> str:
    return _substring(_, text, index, index + 1)


def _find(_: Rendering, text: str, wanted: str, start: int = 0) -> int:
    return _units(text).find(_units(wanted), max(start, 0))


def _find_last(_: Rendering, text: str, wanted: str) -> int:
    return _units(text).rfind(_units(wanted))


def _replace(_: Rendering, text: str, old: str, new: str) -> str:
    count = text.count(old) if old else len(text) + 1
    check_length(len(text) + count * max(len(new) - len(old), 0))
    return markup.replaced(text, old, new)


def _concat(_: Rendering, text: str, more: str) -> str:
    check_length(len(text) + len(more))
    return markup.joined(text, more)


def _repeat(_: Rendering, text: str, times: int) -> str:
    if times < 0:
        raise Refused
    check_length(len(text) * times)
    if isinstance(text, Marked):
        check_length(len(text.form) * times)
        return Marked(str(text) * times, text.form * times)
    return text * times


def _compare(_: Rendering, text: str, other: str) -> int:
    """Return the difference of the first code unit that differs, or of the lengths."""
    left, right = _units(text), _units(other)
    differing = (ord(a) - ord(b) for a, b in zip(left, right, strict=False) if a != b)
    return next(differing, len(left) - len(right))


def _pattern(source: str) -> "regex.Pattern[str]":
    try:
        return regex.compile(source)
    except (regex.error, RecursionError, OverflowError):
        raise Refused from None


def _matching[T](rendering: Rendering, apply: Callable[[float], T]) -> T:
    """Apply a pattern within what is left of the rendering's time."""
    try:
        return apply(rendering.seconds_left)
    except TimeoutError:
        raise LimitExceeded("has a pattern that takes too long") from None
    except (IndexError, regex.error):
        raise Refused from None


def _replace_all(rendering: Rendering, text: str, pattern: str, new: str, count: int = 0) -> str:
    compiled, length = _pattern(pattern), len(text)

    def filled(match: "regex.Match[str]") -> str:
        nonlocal length
        made = _GROUP.sub(lambda m: m[1] or match[_group(m)] or "", str(new))
        length += len(made)
        check_length(length)
        return made

    if isinstance(new, Marked) and not _GROUP.search(new) and not isinstance(text, Marked):
        found = _matching(
            rendering, lambda s: list(compiled.finditer(text, timeout=s))[: count or None]
        )
        check_length(length + len(found) * len(new))
        pieces = _between(text, found)
        return Marked(str(new).join(pieces), new.form.join(map(markup.form_of, pieces)))
    return _matching(rendering, lambda s: compiled.sub(filled, str(text), count, timeout=s))


def _between(text: str, found: list["regex.Match[str]"]) -> list[str]:
    """Return the pieces of a text around what was found in it."""
    ends = [0, *(match.end() for match in found)]
    starts = [*(match.start() for match in found), len(text)]
    return [str(text[end:start]) for end, start in zip(ends, starts, strict=True)]


def _group(match: "characters.Match[str]") -> int | str:
    return int(match[2]) if match[2] else match[3]


def _replace_first(rendering: Rendering, text: str, pattern: str, new: str) -> str:
    return _replace_all(rendering, text, pattern, new, 1)


def _matches(rendering: Rendering, text: str, pattern: str) -> bool:
    compiled = _pattern(pattern)
    return _matching(rendering, lambda s: compiled.fullmatch(text, timeout=s)) is not None


def _split(rendering: Rendering, text: str, pattern: str, limit: int = 0) -> list[str]:
    """Split as Java does: without empty pieces at the end, unless the limit is negative."""
    compiled = _pattern(pattern)
    found = _matching(rendering, lambda s: list(compiled.finditer(text, timeout=s)))
    found = [m for m in found if m.end() > 0 and (m.end() > m.start() or m.start() < len(text))]
    if limit > 0:
        found = found[: limit - 1]
    check_items(len(found) + 1)
    pieces = _between(text, found)
    while limit == 0 and len(pieces) > 1 and not pieces[-1]:
        pieces.pop()
    return [] if found and pieces == [""] else pieces


def _trimmed(strip: Callable[[str], str]) -> Callable[[Rendering, str], str]:
    def trim(_: Rendering, text: str) -> str:
        if isinstance(text, Marked):
            return Marked(strip(str(text)), strip(text.form.strip(_CONTROLS + LINE_END + SPACE)))
        return strip(text)

    return trim


METHODS: Mapping[str, Method] = {
    "length": Method(lambda _, o: len(_units(o)), ()),
    "isEmpty": Method(lambda _, o: not o, ()),
    "isBlank": Method(lambda _, o: not o.strip(), ()),
    "toUpperCase": Method(lambda _, o: o.upper(), ()),
    "toLowerCase": Method(lambda _, o: o.lower(), ()),
    "trim": Method(_trimmed(lambda text: text.strip(_CONTROLS)), ()),
    "strip": Method(_trimmed(str.strip), ()),
    "substring": Method(_substring, (int, int), optional=1),
    "charAt": Method(_char_at, (int,)),
    "indexOf": Method(_find, (str, int), optional=1),
    "lastIndexOf": Method(_find_last, (str,)),
    "contains": Method(lambda _, o, part: part in o, (str,)),
    "startsWith": Method(lambda _, o, part: o.startswith(part), (str,)),
    "endsWith": Method(lambda _, o, part: o.endswith(part), (str,)),
    "equalsIgnoreCase": Method(lambda _, o, other: o.casefold() == other.casefold(), (str,)),
    "compareTo": Method(_compare, (str,)),
    "replace": Method(_replace, (str, str)),
    "replaceAll": Method(_replace_all, (str, str)),
    "replaceFirst": Method(_replace_first, (str, str)),
    "matches": Method(_matches, (str,)),
    "concat": Method(_concat, (str,)),
    "repeat": Method(_repeat, (int,)),
    "split": Method(_split, (str, int), optional=1),
}


def _as_integer(_: Rendering, owner: Any) -> int:
    if not numbers.is_number(owner) or owner != owner or owner in (float("inf"), -float("inf")):  # noqa: PLR0124
        raise Refused
    return int(owner)


def _as_double(_: Rendering, owner: Any) -> float:
    if not numbers.is_number(owner):
        raise Refused
    return float(owner)


def _time(_: Rendering, owner: Any) -> int:
    if not isinstance(owner, datetime):
        raise Refused
    return dates.milliseconds(owner)


def _order(_: Rendering, owner: Any, other: Any) -> int:
    if not (numbers.is_number(owner) and type(owner) is type(other)):
        raise Refused
    return numbers.compare(owner, other)


# Of numbers, booleans and dates.
OF_SCALARS: Mapping[str, Method] = {
    "intValue": Method(_as_integer, ()),
    "longValue": Method(_as_integer, ()),
    "doubleValue": Method(_as_double, ()),
    "compareTo": Method(_order, (object,)),
    "getTime": Method(_time, ()),
}
OF_ALL: Mapping[str, Method] = {
    "toString": Method(lambda _, o: values.text_of(o), ()),
    "equals": Method(lambda r, o, other: values.are_same(o, other, r), (object,)),
}
