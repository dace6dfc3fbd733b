"""Topics and their members in the subscriptions table.

A membership is two items: in one of the topic's 16 shards, and with the subscriber's topics.
"""

from collections.abc import Iterator, Sequence

from carillon.adapters import codecs, keys, listings
from carillon.adapters.table import PRESENT, ConditionFailed, Delete, Item, Put, Table
from carillon.domain.errors import NotFound
from carillon.domain.paging import Page
from carillon.domain.subscribers import SHARDS
from carillon.domain.topics import Topic


class DynamoTopics:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, tenant: str, key: str) -> Topic:
        item = self._table.get(keys.within(keys.topics(tenant), key))
        if item is None:
            raise NotFound("topic", key)
        return _topic(item)

    def save(self, tenant: str, topic: Topic) -> None:
        key = keys.within(keys.topics(tenant), topic.key)
        self._table.write(Put({**key._asdict(), "data": codecs.dump(topic)}))

    def remove(self, tenant: str, key: str) -> None:
        """Members first: if this breaks off, the topic is still there to be removed."""
        self.get(tenant, key)
        for shard in range(SHARDS):
            rows = self._table.query(keys.members(tenant, key, shard))
            self.remove_members(tenant, key, [str(item["sk"]) for item in rows.items])
        try:
            self._table.write(Delete(keys.within(keys.topics(tenant), key), PRESENT))
        except ConditionFailed:
            raise NotFound("topic", key) from None

    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Topic]:
        return listings.page(self._table, [keys.topics(tenant)], cursor, limit, _topic)

    def add_members(self, tenant: str, key: str, ids: Sequence[str]) -> None:
        self._table.write_many([Put(k._asdict()) for k in _memberships(tenant, key, ids)])

    def remove_members(self, tenant: str, key: str, ids: Sequence[str]) -> None:
        self._table.write_many([Delete(k) for k in _memberships(tenant, key, ids)])

    def members(self, tenant: str, key: str, cursor: str | None, limit: int) -> Page[str]:
        shards = [keys.members(tenant, key, shard) for shard in range(SHARDS)]
        return listings.page(self._table, shards, cursor, limit, _id)

    def shard_members(
        self, tenant: str, key: str, shard: int, after: str, limit: int
    ) -> Sequence[str]:
        listing = keys.members(tenant, key, shard)
        rows = self._table.query(listing, start=listings.after(after), limit=limit)
        return [_id(item) for item in rows.items]

    def among(self, tenant: str, key: str, ids: Sequence[str]) -> frozenset[str]:
        wanted = [keys.member(tenant, key, id) for id in ids]
        return frozenset(_id(item) for item in self._table.get_many(wanted))


def _memberships(tenant: str, topic: str, ids: Sequence[str]) -> Iterator[keys.Key]:
    for id in ids:
        yield keys.member(tenant, topic, id)
        yield keys.within(keys.memberships(tenant, id), topic)


def _topic(item: Item) -> Topic:
    return codecs.load(Topic, str(item["data"]))


def _id(item: Item) -> str:
    return str(item["sk"])
