"""The types of a face, the outbox's imitation of one service."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qs

_JSON = {"content-type": "application/json"}
_TEXT = {"content-type": "text/plain; charset=utf-8"}


@dataclass(frozen=True, kw_only=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A request, as far as replies depend on it. `segments[0]` is the provider's name."""

    id: int
    segments: tuple[str, ...]
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def field(self, *path: str) -> Any:
        """Return the value at a path of the JSON body, or None."""
        value = self.json()
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def form(self) -> Mapping[str, list[str]]:
        return parse_qs(self.body.decode(errors="replace"))


type Answer = Reply | Callable[[Arrival], Reply]


class Face(Protocol):
    """The interface of a module in `faces`: how one service answers.

    `FAILURES` holds its documented failures by the service's own codes. `HOSTS` holds its fixed
    host names; a name that starts with a dot stands for all names one level below.
    """

    HOSTS: tuple[str, ...]
    FAILURES: Mapping[str, Answer]

    def success(self, arrival: Arrival) -> Reply: ...


def text(words: str, status: int = 200, **headers: str) -> Reply:
    return Reply(status=status, body=words.encode(), headers=_TEXT | _named(headers))


def as_json(body: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(status=status, body=json.dumps(body).encode(), headers=_JSON | _named(headers))


def empty(status: int, **headers: str) -> Reply:
    return Reply(status=status, headers=_named(headers))


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
