"""Ports of activity: history, feeds and dead letters."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from carillon.domain.activity.dead_letters import Taken
from carillon.domain.activity.feeds import FeedMessage, FeedPosition, State
from carillon.domain.activity.history import Entry
from carillon.domain.base.paging import Page


class History(Protocol):
    """Where to find what each subscriber was sent."""

    def add(self, entries: Sequence[Entry]) -> None:
        """Insert, or repeat; raise Unavailable unless all of them are stored."""

    def of_subscriber(
        self,
        subscriber: str,
        *,
        since: datetime | None,
        until: datetime | None,
        cursor: str | None,
        limit: int,
    ) -> Page[Entry]:
        """The newest first, of what was accepted from `since` on and before `until`."""


class Feeds(Protocol):
    """What subscribers are told in the application, the newest first."""

    def add(self, message: FeedMessage) -> None:
        """Insert if absent: what is there stays, read or not."""

    def get_many(self, places: Sequence[FeedPosition]) -> Mapping[FeedPosition, FeedMessage]:
        """Those that are there, of any feeds."""

    def newest(
        self, subscriber: str, limit: int, *, before: FeedPosition | None = None
    ) -> Sequence[FeedMessage]: ...
    def unread(
        self, subscriber: str, states: frozenset[State], limit: int
    ) -> Sequence[FeedPosition]:
        """The newest of those that are not read, in one of the states.

        It may be a moment behind what was written last.
        """

    def count_unread(self, subscriber: str, states: frozenset[State], limit: int) -> int:
        """How many there are, `limit` at most; it may be a moment behind too."""

    def update(self, messages: Sequence[FeedMessage]) -> Sequence[FeedMessage]:
        """Write each whose stored version is one less than its own; those that were written."""

    def remove(self, places: Sequence[FeedPosition]) -> None: ...


class DeadLetters(Protocol):
    """What the workers gave up, by the queue that it died on (domain.dead_letters.QUEUES)."""

    def counts(self) -> Mapping[str, int]:
        """About how many letters each queue holds, those in somebody's hands included."""

    def receive(self, queue: str) -> Sequence[Taken]:
        """Take up to ten, for 30 seconds or until they are given back; none at the end."""

    def give_back(self, queue: str, letters: Sequence[Taken]) -> None:
        """Let others see them at once. Never raises: they come back by themselves too."""

    def redrive(self, queue: str, letters: Sequence[Taken]) -> frozenset[str]:
        """Send each to the queue that it died on, then remove it; the ids of those sent.

        Only what that queue has stored is removed.
        """

    def remove(self, queue: str, letters: Sequence[Taken]) -> frozenset[str]:
        """The ids of those that are gone."""
