"""Feeds: what each subscriber is told in the application itself, and what they did about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple


class State(StrEnum):
    """What a subscriber has done with a message; what is read has been seen."""

    NEW = "new"
    SEEN = "seen"
    READ = "read"


UNREAD = frozenset({State.NEW, State.SEEN})


class Place(NamedTuple):
    """Where a message is found in its feed: a time, and the id of its delivery."""

    at: datetime
    id: str


@dataclass(frozen=True, kw_only=True)
class Button:
    """`done` is the result that was reported for it; None while nothing was."""

    label: str
    url: str = ""
    done: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class FeedMessage:
    """A message in a subscriber's feed. `at` is when its event was accepted.

    What the event brought is kept once, with its invocation.
    """

    id: str  # the delivery's
    subscriber: str
    invocation: str
    application: str
    event: str
    at: datetime
    subject: str = ""
    text: str = ""
    avatar: str = ""
    url: str = ""
    buttons: Mapping[str, Button] = field(default_factory=dict)  # primary, secondary
    state: State = State.NEW
    seen_at: datetime | None = None
    read_at: datetime | None = None
    version: int = 1

    @property
    def place(self) -> Place:
        return Place(self.at, self.id)
