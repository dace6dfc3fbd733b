"""Ports of the audience: subscribers, topics and contexts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from carillon.domain.audience.contexts import Context
from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.audience.topics import Membership, Topic
from carillon.domain.base.paging import Count, Page, Window


class Contexts(Protocol):
    def get_many(self, tenant: str, identifiers: Sequence[str]) -> Mapping[str, Context]: ...
    def add(self, tenant: str, context: Context) -> None:
        """Raise Conflict when the identifier is taken."""

    def save(self, tenant: str, context: Context) -> None: ...
    def remove(self, tenant: str, identifier: str) -> None: ...
    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Context]: ...


class Subscribers(Protocol):
    def get_many(self, tenant: str, ids: Sequence[str]) -> Mapping[str, Subscriber]: ...
    def save(self, tenant: str, subscribers: Sequence[Subscriber]) -> Sequence[str]:
        """Write each whose stored version is one less than its own; the ids of the others.

        A losing id was saved by somebody else since it was read: read, merge and save it again.
        """

    def remove(self, tenant: str, id: str) -> None:
        """Remove with all memberships; raise NotFound when absent."""

    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Subscriber]: ...
    def walk(self, tenant: str, window: Window) -> Page[Subscriber]:
        """The same list either way, with the cursor of each item."""

    def count(self, tenant: str) -> Count: ...
    def by_email(self, tenant: str, address: str, limit: int) -> Sequence[str]:
        """Ids of subscribers with this address, as they were a moment ago."""

    def shard(self, tenant: str, shard: int, after: str, limit: int) -> Sequence[Subscriber]:
        """At most `limit` of one shard, in the order of ids, after the given one."""


class Topics(Protocol):
    def get(self, tenant: str, key: str) -> Topic: ...
    def add(self, tenant: str, topic: Topic) -> None:
        """Raise Conflict when the key is taken."""

    def save(self, tenant: str, topic: Topic) -> None: ...
    def remove(self, tenant: str, key: str) -> None:
        """Remove the topic and its memberships."""

    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Topic]: ...
    def walk(self, tenant: str, window: Window) -> Page[Topic]:
        """The same list either way, with the cursor of each item."""

    def count(self, tenant: str) -> Count: ...
    def add_members(
        self, tenant: str, key: str, ids: Sequence[str], at: datetime | None = None
    ) -> None: ...
    def remove_members(self, tenant: str, key: str, ids: Sequence[str]) -> None: ...
    def members(self, tenant: str, key: str, cursor: str | None, limit: int) -> Page[str]: ...
    def shard_members(
        self, tenant: str, key: str, shard: int, after: str, limit: int
    ) -> Sequence[str]:
        """At most `limit` member ids of one shard, in order, after the given one."""

    def among(self, tenant: str, key: str, ids: Sequence[str]) -> frozenset[str]:
        """Which of the ids are members."""

    def memberships(self, tenant: str, key: str, ids: Sequence[str]) -> Mapping[str, Membership]:
        """Those of the ids that are members, by id."""

    def walk_members(self, tenant: str, key: str, window: Window) -> Page[Membership]: ...
    def count_members(self, tenant: str, key: str) -> Count: ...
    def walk_topics_of(self, tenant: str, subscriber: str, window: Window) -> Page[Membership]:
        """The topics that somebody is in, in the order of their keys."""

    def count_topics_of(self, tenant: str, subscriber: str) -> Count: ...
