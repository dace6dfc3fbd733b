"""Endpoints of the Novu dialect, for `test_bad_input.py`: add yours to its table."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

UNKNOWN = "no-such-thing"
LONG = "x" * 70_000  # more than a string may have
HUGE = "x" * 5_000  # more than a field has


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One method of a path, with a call of it that succeeds.

    `path` has the parameters of the route in braces, and `ids` what they stand for. `finds` are
    those of them that must exist already; `required` are fields of the body without which it is
    refused, by their dotted paths; `free` are fields that take whatever JSON there is.
    """

    function: str  # the module's folder
    method: str
    path: str
    ids: Mapping[str, str] = field(default_factory=dict)
    finds: tuple[str, ...] = ()
    body: Any = None
    required: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    lenient: bool = False  # a bulk: what is wrong with one item is told in the answer

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def places(body: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where there is something in a body: a field, or an element."""
    if isinstance(body, Mapping):
        for name, value in body.items():
            yield (*at, name)
            yield from places(value, (*at, name))
    elif isinstance(body, list):
        for index, value in enumerate(body):
            yield (*at, index)
            yield from places(value, (*at, index))


def dotted(place: tuple[Any, ...]) -> str:
    return ".".join(map(str, place))


def at(body: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        body = body[step]
    return body


def without(body: Any, place: tuple[Any, ...]) -> Any:
    changed = copy.deepcopy(body)
    del at(changed, place[:-1])[place[-1]]
    return changed


def instead(body: Any, place: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(body)
    at(changed, place[:-1])[place[-1]] = value
    return changed


def wrong_types(value: Any) -> list[Any]:
    """Values of all the types that this is not of; a number may stand for a text's digits."""
    others: list[Any] = ["text", 7, True, [], ["x"], {}, {"x": 1}, 1.5]
    match value:
        case bool():
            return [other for other in others if other != 1.5 and not isinstance(other, bool | int)]
        case str():
            return [other for other in others if isinstance(other, list | dict)]
        case list():
            return ["text", 7, True]
        case dict():
            return [7, True, [], ["x"]]
        case _:
            return ["text", [], {}]
