"""JSON as Jayway's parser takes it: single quotes, texts without quotes, and commas too many."""

import re
from typing import Any

from carillon.adapters.filters.scanner import Refused, unescape

_BLANKS = re.compile(r"[ \t\n\r\f]*")
_QUOTED = {q: re.compile(rf"{q}((?:[^{q}\\]|\\.)*){q}", re.DOTALL) for q in "'\""}
_PLAIN = {",]": re.compile(r"[^,\]]*"), ",}": re.compile(r"[^,}]*"), ":": re.compile(r"[^:]*")}
_INTEGER = re.compile(r"[+-]?[0-9]+\Z")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_WORDS = {"true": True, "false": False, "null": None}


def read(text: str) -> Any:
    """Return the value; raise Refused for what is none."""
    try:
        value, place = _value(text, _blanks(text, 0), "")
        if _blanks(text, place) != len(text):
            raise Refused("there is more than one value")
    except (IndexError, RecursionError, ValueError) as error:
        why = str(error) if isinstance(error, Refused) else "it ends too early"
        raise Refused(f"{text!r} is not JSON: {why}") from error
    return value


def is_json(text: str) -> bool:
    try:
        read(text)
    except Refused:
        return False
    return True


def _blanks(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    return found.end() if found else place


def _value(text: str, place: int, ends: str) -> tuple[Any, int]:
    char = text[place]
    if char in ":}]":
        raise Refused(f"unexpected {char!r}")
    if char == "[":
        return _array(text, place + 1)
    if char == "{":
        return _object(text, place + 1)
    if char in _QUOTED:
        return _quoted(text, place)
    if not ends:
        return _plain(text[place:].strip()), len(text)
    found = _PLAIN[ends].match(text, place)
    end = found.end() if found else place
    return _plain(text[place:end].strip()), end


def _quoted(text: str, place: int) -> tuple[str, int]:
    found = _QUOTED[text[place]].match(text, place)
    if not found:
        raise Refused("a text is not closed")
    return unescape(found[1]), found.end()


def _plain(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    return float(text) if _DECIMAL.match(text) else text


def _array(text: str, place: int) -> tuple[list[Any], int]:
    found: list[Any] = []
    while True:
        place = _blanks(text, place)
        if text[place] == "]":
            return found, place + 1
        if text[place] == ",":
            place += 1
            continue
        value, place = _value(text, place, ",]")
        found.append(value)
        place = _blanks(text, place)
        if text[place] not in ",]":
            raise Refused("an array is not closed")


def _object(text: str, place: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while True:
        place = _blanks(text, place)
        if text[place] == "}":
            return found, place + 1
        if text[place] == ",":
            place += 1
            continue
        if text[place] in _QUOTED:
            name, place = _quoted(text, place)
        else:
            key = _PLAIN[":"].match(text, place)
            end = key.end() if key else place
            name, place = text[place:end].strip(), end
        place = _blanks(text, place)
        if text[place] != ":":
            raise Refused("a property has no value")
        found[name], place = _value(text, _blanks(text, place + 1), ",}")
        place = _blanks(text, place)
        if text[place] not in ",}":
            raise Refused("an object is not closed")
