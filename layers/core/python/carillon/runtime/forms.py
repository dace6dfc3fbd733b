"""Queries and forms whose names have brackets, as Express reads them, and multipart bodies.

Source: https://www.npmjs.com/package/qs, which Express parses both with.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from carillon.domain.base.errors import Malformed

FIELDS_LIMIT = 1_000  # of a form, as in Express
_BRACKETS_LIMIT = 16  # of one name
_SHORTEST_LIST = 100  # a list may have this many items, or as many as the form has fields
_LONGEST_HEADER = 1_024  # of a multipart body: content type and boundary, in characters

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_OF_LIST = re.compile(r"([^\[\]]+)\[\d*\]")

type Fields = list[tuple[str, str]]
type _Node = dict[str, Any]  # of texts and nodes; a list's items are named by their places


def urlencoded(text: str) -> Fields:
    """Return the fields in their order; raise Malformed for over 1,000, UnicodeError for others."""
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=FIELDS_LIMIT)
    except UnicodeError:
        raise
    except ValueError:
        raise _too_many() from None


def multipart(kind: str, body: bytes) -> Fields:
    """Return the named fields of a multipart body; raise Malformed for what is none."""
    from python_multipart import MultipartParser  # noqa: PLC0415 - few requests need it
    from python_multipart.exceptions import FormParserError  # noqa: PLC0415
    from python_multipart.multipart import parse_options_header  # noqa: PLC0415

    boundary = parse_options_header(kind[:_LONGEST_HEADER])[1].get(b"boundary")
    if not boundary:
        raise Malformed("A multipart body needs a boundary")
    parts = _Parts(parse_options_header)
    try:
        parser = MultipartParser(boundary, parts.callbacks)  # type: ignore[arg-type]
        parser.write(body)
    except FormParserError as error:
        raise Malformed(f"The multipart body cannot be read: {error}") from None
    if not parts.ended:
        raise Malformed("The multipart body has no end")
    return parts.fields


class _Parts:
    """Collects the fields of a multipart body, as its parser comes upon them."""

    def __init__(self, options: Callable[[bytes], tuple[bytes, Mapping[bytes, bytes]]]) -> None:
        self.fields: Fields = []
        self.ended = False
        self._options = options
        self._header = self._value = self._name = b""
        self._content: list[bytes] = []

    @property
    def callbacks(self) -> Mapping[str, Callable[..., None]]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._in_header,
            "on_header_value": self._in_value,
            "on_header_end": self._end_header,
            "on_part_data": self._in_content,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        if len(self.fields) >= FIELDS_LIMIT:
            raise _too_many()
        self._name, self._content = b"", []

    def _in_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _in_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._name = self._options(self._value)[1].get(b"name", b"")
        self._header = self._value = b""

    def _in_content(self, data: bytes, start: int, end: int) -> None:
        self._content.append(data[start:end])

    def _end(self) -> None:
        if self._name:
            self.fields.append((self._name.decode(), b"".join(self._content).decode()))

    def _finish(self) -> None:
        self.ended = True


def flat(fields: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Return texts by name; a list, as `x=a&x=b`, `x[]=a` or `x[0]=a`, joined by commas."""
    found: dict[str, list[str]] = {}
    for name, value in fields:
        of_list = _OF_LIST.fullmatch(name)
        found.setdefault(of_list[1] if of_list else name, []).append(value)
    return {name: ",".join(values) for name, values in found.items()}


def nested(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return what the names with brackets describe, as JSON: `to[0][subscriberId]=ana`.

    Raise Malformed for a name that is both a text and an object, or that is too deep.
    """
    fields = list(fields)
    root: _Node = {}
    for name, value in fields:
        _insert(root, name, value)
    longest = max(_SHORTEST_LIST, len(fields))
    return {name: _listed(item, longest) for name, item in root.items()}


def _insert(root: _Node, name: str, value: str) -> None:
    matched = _NAME.fullmatch(name)
    first, rest = matched.groups() if matched else (name, "")
    path = [first, *rest[1:-1].split("][")] if rest else [first]
    if len(path) > _BRACKETS_LIMIT:
        raise Malformed(f"A field's name has more than {_BRACKETS_LIMIT} parts")
    node = root
    for part in path[:-1]:
        node = node.setdefault(part or str(len(node)), {})
        if not isinstance(node, dict):
            raise _ambiguous(first)
    last = path[-1] or str(len(node))
    before = node.get(last)
    match before:
        case None:
            node[last] = value
        case str():
            node[last] = {"0": before, "1": value}
        case dict() if all(part.isdecimal() for part in before):
            before[str(len(before))] = value
        case _:
            raise _ambiguous(first)


def _listed(item: Any, longest: int) -> Any:
    """Return a node whose names are places as a list, in their order."""
    if not isinstance(item, dict):
        return item
    if all(name.isdecimal() and int(name) < longest for name in item):
        places = sorted(item, key=int)
        return [_listed(item[place], longest) for place in places]
    return {name: _listed(part, longest) for name, part in item.items()}


def _ambiguous(name: str) -> Malformed:
    return Malformed(f"The field {name[:100]!r} is both a text and an object")


def _too_many() -> Malformed:
    return Malformed(f"A form may have at most {FIELDS_LIMIT} fields")
