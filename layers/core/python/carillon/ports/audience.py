"""Ports of the audience: subscribers, topics and contexts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from carillon.domain.audience.contexts import Context
from carillon.domain.audience.erasures import Erasure
from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.audience.topics import Membership, Topic
from carillon.domain.base.paging import Count, Page, Window


class Contexts(Protocol):
    def get_many(self, identifiers: Sequence[str]) -> Mapping[str, Context]: ...
    def add(self, context: Context) -> None:
        """Raise Conflict when the identifier is taken."""

    def save(self, context: Context) -> None: ...
    def rename(self, before: Context, after: Context) -> None:
        """Write the context by its new identifier alone; raise Conflict when that is taken."""

    def remove(self, identifier: str) -> None: ...
    def list(self, cursor: str | None, limit: int) -> Page[Context]: ...


class Subscribers(Protocol):
    def get_many(self, ids: Sequence[str]) -> Mapping[str, Subscriber]: ...
    def save(self, subscribers: Sequence[Subscriber]) -> Sequence[str]:
        """Write each subscriber whose stored version is one less than its own; return other ids.

        A losing id was saved by somebody else since it was read: read, merge and save it again.
        """

    def remove(self, id: str) -> None:
        """Remove with all memberships; raise NotFound when absent."""

    def list(self, cursor: str | None, limit: int) -> Page[Subscriber]: ...
    def walk(self, window: Window) -> Page[Subscriber]:
        """List in either direction, with a cursor for each item."""

    def count(self) -> Count: ...
    def by_email(self, address: str, limit: int) -> Sequence[str]:
        """Return ids of subscribers with this address; may lag behind the latest write."""

    def shard(self, shard: int, after: str, limit: int) -> Sequence[Subscriber]:
        """Return up to `limit` subscribers of a shard, in order of ids, after the given id."""


class Erasures(Protocol):
    """Deleted subscribers, until nothing about them can be on its way any more."""

    def begin(self, erasure: Erasure) -> None:
        """Store an erasure in place of an earlier one; every process knows within 5 seconds."""

    def finish(self, erasure: Erasure) -> None:
        """Store that it is done, unless the subscriber's id was deleted once more."""

    def get_many(self, subscribers: Sequence[str]) -> Mapping[str, Erasure]:
        """Return the latest erasures, by subscriber id."""


class Topics(Protocol):
    def get(self, key: str) -> Topic: ...
    def add(self, topic: Topic) -> None:
        """Raise Conflict when the key is taken."""

    def save(self, topic: Topic) -> None: ...
    def remove(self, topic: Topic) -> None:
        """Remove the topic and its memberships.

        Raise Changed when members were added since the topic was read; then it stays, without its
        members.
        """

    def list(self, cursor: str | None, limit: int) -> Page[Topic]: ...
    def walk(self, window: Window) -> Page[Topic]:
        """List in either direction, with a cursor for each item."""

    def count(self) -> Count: ...
    def add_members(self, key: str, ids: Sequence[str], at: datetime | None = None) -> None:
        """Write memberships, whether there is such a topic or not; `joined` must follow."""

    def joined(self, key: str) -> None:
        """Note that members were added; raise NotFound when the topic was removed meanwhile."""

    def remove_members(self, key: str, ids: Sequence[str]) -> None: ...
    def members(self, key: str, cursor: str | None, limit: int) -> Page[str]: ...
    def shard_members(self, key: str, shard: int, after: str, limit: int) -> Sequence[str]:
        """Return up to `limit` member ids of a shard, in order, after the given id."""

    def among(self, key: str, ids: Sequence[str]) -> frozenset[str]:
        """Return the ids that are members."""

    def memberships(self, key: str, ids: Sequence[str]) -> Mapping[str, Membership]:
        """Return memberships by subscriber id, for the ids that are members."""

    def walk_members(self, key: str, window: Window) -> Page[Membership]: ...
    def count_members(self, key: str) -> Count: ...
    def walk_topics_of(self, subscriber: str, window: Window) -> Page[Membership]:
        """List a subscriber's memberships, in order of topic keys."""

    def count_topics_of(self, subscriber: str) -> Count: ...
