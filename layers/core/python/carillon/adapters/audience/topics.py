"""Topics and their members in the subscriptions table.

A membership is two items: one in a shard of the topic (of 16), one in the subscriber's list.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from carillon.adapters.aws import codecs, keys, listings
from carillon.adapters.aws.conditions import ABSENT, PRESENT, ConditionFailed, follows
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.table import Delete, Put, Table
from carillon.domain.audience.subscribers import SHARDS
from carillon.domain.audience.topics import Membership, Topic
from carillon.domain.base.errors import Changed, Conflict, NotFound
from carillon.domain.base.paging import Count, Page, Window
from carillon.domain.base.terms import Noun

_COUNTED = 1_000  # items of one listing


class DynamoTopics:
    def __init__(self, tenant: str, table: Table) -> None:
        self._tenant = tenant
        self._table = table

    def get(self, key: str) -> Topic:
        item = self._table.get(keys.within(keys.topics(self._tenant), key))
        if item is None:
            raise NotFound(Noun.TOPIC, key)
        return _topic(item)

    def add(self, topic: Topic) -> None:
        try:
            self._table.write(Put(_item(self._tenant, topic), ABSENT))
        except ConditionFailed:
            raise Conflict(f"A topic {topic.key!r} exists already") from None

    def save(self, topic: Topic) -> None:
        item = _item(self._tenant, topic)
        condition, before = follows(topic.version)
        change = "SET #data = :data, #version = :version"  # and leave what counts the joins
        try:
            self._table.update(
                keys.within(keys.topics(self._tenant), topic.key),
                change,
                condition,
                {**before, "data": item["data"], "version": item["version"]},
            )
        except ConditionFailed:
            raise Changed(f"Topic {topic.key!r}") from None

    def remove(self, topic: Topic) -> None:
        """Remove members first: after a crash the topic is left to be removed again."""
        key = topic.key
        self.get(key)
        for shard in range(SHARDS):
            rows = self._table.query(keys.members(self._tenant, key, shard))
            self.remove_members(key, [str(item["sk"]) for item in rows.items])
        condition, values = "#joins = :joins", {"joins": topic.joins}
        if not topic.joins:
            condition, values = f"{PRESENT} AND attribute_not_exists(#joins)", {}
        place = keys.within(keys.topics(self._tenant), key)
        try:
            self._table.write(Delete(place, condition, values))
        except ConditionFailed:
            self.get(key)
            raise Changed(f"Topic {key!r}") from None

    def joined(self, key: str) -> None:
        place = keys.within(keys.topics(self._tenant), key)
        try:
            self._table.update(place, "ADD #joins :one", PRESENT, {"one": 1})
        except ConditionFailed:
            raise NotFound(Noun.TOPIC, key) from None

    def list(self, cursor: str | None, limit: int) -> Page[Topic]:
        return listings.page(self._table, [keys.topics(self._tenant)], cursor, limit, _topic)

    def walk(self, window: Window) -> Page[Topic]:
        return listings.walk(self._table, [keys.topics(self._tenant)], window, _topic)

    def count(self) -> Count:
        return listings.count(self._table, [keys.topics(self._tenant)], each=_COUNTED)

    def add_members(self, key: str, ids: Sequence[str], at: datetime | None = None) -> None:
        since = {"at": at.isoformat()} if at else {}
        self._table.write_many(
            [Put(k._asdict() | since) for k in _memberships(self._tenant, key, ids)]
        )

    def remove_members(self, key: str, ids: Sequence[str]) -> None:
        self._table.write_many([Delete(k) for k in _memberships(self._tenant, key, ids)])

    def members(self, key: str, cursor: str | None, limit: int) -> Page[str]:
        shards = [keys.members(self._tenant, key, shard) for shard in range(SHARDS)]
        return listings.page(self._table, shards, cursor, limit, _id)

    def shard_members(self, key: str, shard: int, after: str, limit: int) -> Sequence[str]:
        listing = keys.members(self._tenant, key, shard)
        rows = self._table.query(listing, start=listings.after(after), limit=limit)
        return [_id(item) for item in rows.items]

    def among(self, key: str, ids: Sequence[str]) -> frozenset[str]:
        wanted = [keys.member(self._tenant, key, id) for id in ids]
        return frozenset(_id(item) for item in self._table.get_many(wanted))

    def memberships(self, key: str, ids: Sequence[str]) -> Mapping[str, Membership]:
        found = self._table.get_many([keys.member(self._tenant, key, id) for id in ids])
        return {_id(item): _member(key, item) for item in found}

    def walk_members(self, key: str, window: Window) -> Page[Membership]:
        shards = [keys.members(self._tenant, key, shard) for shard in range(SHARDS)]
        return listings.walk(self._table, shards, window, partial(_member, key))

    def count_members(self, key: str) -> Count:
        shards = [keys.members(self._tenant, key, shard) for shard in range(SHARDS)]
        return listings.count(self._table, shards, each=_COUNTED)

    def walk_topics_of(self, subscriber: str, window: Window) -> Page[Membership]:
        def decode(item: Item) -> Membership:
            return Membership(topic=_id(item), subscriber=subscriber, created_at=_since(item))

        return listings.walk(
            self._table, [keys.memberships(self._tenant, subscriber)], window, decode
        )

    def count_topics_of(self, subscriber: str) -> Count:
        listing = keys.memberships(self._tenant, subscriber)
        return listings.count(self._table, [listing], each=_COUNTED)


def _item(tenant: str, topic: Topic) -> Item:
    key = keys.within(keys.topics(tenant), topic.key)
    content = codecs.dump(replace(topic, joins=0))
    return {**key._asdict(), "data": content, "version": topic.version}


def _member(topic: str, item: Item) -> Membership:
    return Membership(topic=topic, subscriber=_id(item), created_at=_since(item))


def _since(item: Item) -> datetime | None:
    return datetime.fromisoformat(str(item["at"])) if "at" in item else None


def _memberships(tenant: str, topic: str, ids: Sequence[str]) -> Iterator[keys.Key]:
    for id in ids:
        yield keys.member(tenant, topic, id)
        yield keys.within(keys.memberships(tenant, id), topic)


def _topic(item: Item) -> Topic:
    return replace(codecs.load(Topic, str(item["data"])), joins=int(item.get("joins", 0)))


def _id(item: Item) -> str:
    return str(item["sk"])
