"""Feeds: each subscriber's in-app messages, and what the subscriber did with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from carillon.domain.base.errors import NotFound
from carillon.domain.base.terms import Noun


class State(StrEnum):
    """A message's state. A read message has been seen."""

    NEW = "new"
    SEEN = "seen"
    READ = "read"


EVERY = frozenset(State)
UNREAD = frozenset({State.NEW, State.SEEN})


class Mark(StrEnum):
    """A subscriber's mark. A message marked unread stays seen."""

    SEEN = "seen"
    READ = "read"
    UNREAD = "unread"
    UNSEEN = "unseen"


_MARKED = {
    Mark.SEEN: State.SEEN,
    Mark.READ: State.READ,
    Mark.UNREAD: State.SEEN,
    Mark.UNSEEN: State.NEW,
}
# The states of messages that a mark of the whole feed changes.
CHANGED_BY = {
    Mark.SEEN: frozenset({State.NEW}),
    Mark.READ: UNREAD,
    Mark.UNREAD: frozenset({State.READ}),
    Mark.UNSEEN: frozenset({State.SEEN, State.READ}),
}


class FeedPosition(NamedTuple):
    """A message's position: the subscriber, the time its event was accepted, the delivery's id."""

    subscriber: str
    at: datetime
    id: str


@dataclass(frozen=True, kw_only=True)
class Button:
    """A button; `done` is its reported result, None before."""

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
    def place(self) -> FeedPosition:
        return FeedPosition(self.subscriber, self.at, self.id)

    @property
    def seen(self) -> bool:
        return self.state is not State.NEW

    @property
    def read(self) -> bool:
        return self.state is State.READ

    def marked(self, mark: Mark, now: datetime) -> "FeedMessage":
        """Return the message's next version; the same object when nothing changes."""
        if mark is Mark.SEEN and self.seen:
            return self
        state = _MARKED[mark]
        if state is self.state:
            return self
        seen = state is not State.NEW
        return replace(
            self,
            state=state,
            seen_at=(self.seen_at or now) if seen else None,
            read_at=now if state is State.READ else None,
            version=self.version + 1,
        )

    def acted(self, kind: str, result: Mapping[str, Any] | None) -> "FeedMessage":
        """Return the message with a button's result (None clears it); raise NotFound if absent."""
        if kind not in self.buttons:
            raise NotFound(Noun.ACTION, kind)
        button = replace(self.buttons[kind], done=result)
        return replace(self, buttons={**self.buttons, kind: button}, version=self.version + 1)
