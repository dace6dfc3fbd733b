"""Ports of activity: history, feeds and dead letters."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from carillon.domain.activity.dead_letters import Taken
from carillon.domain.activity.feeds import FeedMessage, FeedPosition, State
from carillon.domain.activity.history import Entry
from carillon.domain.activity.replays import Replayed
from carillon.domain.base.paging import Page
from carillon.domain.delivery.waiting import DeliveryKey


class History(Protocol):
    """Each subscriber's deliveries, as pointers to the chunks that record them."""

    def add(self, entries: Sequence[Entry]) -> None:
        """Insert entries, or repeat that; raise Unavailable unless all are stored."""

    def of_subscriber(
        self,
        subscriber: str,
        *,
        since: datetime | None,
        until: datetime | None,
        cursor: str | None,
        limit: int,
    ) -> Page[Entry]:
        """List entries accepted from `since` on and before `until`, newest first."""

    def remove(self, entries: Sequence[Entry]) -> None: ...


class Feeds(Protocol):
    """Subscribers' in-app messages, newest first."""

    def add(self, message: FeedMessage) -> None:
        """Insert if absent; a stored message keeps its state."""

    def get_many(self, places: Sequence[FeedPosition]) -> Mapping[FeedPosition, FeedMessage]:
        """Return the messages that exist, of any feeds."""

    def newest(
        self, subscriber: str, limit: int, *, before: FeedPosition | None = None
    ) -> Sequence[FeedMessage]: ...
    def unread(
        self, subscriber: str, states: frozenset[State], limit: int
    ) -> Sequence[FeedPosition]:
        """Return the newest unread messages in one of the states.

        It may be a moment behind what was written last.
        """

    def count_unread(self, subscriber: str, states: frozenset[State], limit: int) -> int:
        """Count unread messages, up to `limit`; may lag behind the latest write."""

    def update(self, messages: Sequence[FeedMessage]) -> Sequence[FeedMessage]:
        """Write messages whose stored version is one less than their own; return those written."""

    def remove(self, places: Sequence[FeedPosition]) -> None: ...


class Replays(Protocol):
    """By which replay each delivery was made anew."""

    def claim(
        self, invocation: str, made: Mapping[str, Replayed], *, again: bool
    ) -> Mapping[str, Replayed]:
        """Store replays of an invocation's deliveries; return what is stored, by delivery id.

        What another replay has made anew stays that replay's, unless it is to be made `again`.
        """

    def get_many(self, deliveries: Sequence[DeliveryKey]) -> Mapping[DeliveryKey, Replayed]: ...


class DeadLetters(Protocol):
    """Messages that workers gave up, by queue (domain.activity.dead_letters.QUEUES)."""

    def counts(self) -> Mapping[str, int]:
        """Estimate each queue's letters, including those that a caller has taken."""

    def receive(self, queue: str) -> Sequence[Taken]:
        """Take up to ten letters for 30 seconds, or until `give_back`; none at the end."""

    def give_back(self, queue: str, letters: Sequence[Taken]) -> None:
        """Make taken letters visible at once. Never raises, as they reappear by themselves."""

    def redrive(self, queue: str, letters: Sequence[Taken]) -> frozenset[str]:
        """Send each letter to its queue again, then remove it; return the ids sent.

        Only what that queue has stored is removed.
        """

    def remove(self, queue: str, letters: Sequence[Taken]) -> frozenset[str]:
        """Remove letters; return the ids removed."""
