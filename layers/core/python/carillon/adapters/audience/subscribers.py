"""Subscribers in the subscriptions table, spread over 16 partitions a tenant."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from carillon.adapters.aws import codecs, keys, listings
from carillon.adapters.aws.bulk import BulkWrite, Insert, Update
from carillon.adapters.aws.conditions import PRESENT, ConditionFailed
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.table import Delete, Table
from carillon.domain.audience.subscribers import SHARDS, Subscriber
from carillon.domain.base.errors import NotFound
from carillon.domain.base.paging import Count, Page, Window
from carillon.domain.base.terms import Noun

_COUNTED = 1_000  # items of each shard: 16,000 evenly spread ones are counted exactly


class DynamoSubscribers:
    def __init__(self, tenant: str, table: Table, write: BulkWrite) -> None:
        self._tenant = tenant
        self._table = table
        self._write = write

    def get_many(self, ids: Sequence[str]) -> Mapping[str, Subscriber]:
        items = self._table.get_many([keys.subscriber(self._tenant, id) for id in ids])
        return {subscriber.id: subscriber for subscriber in map(_subscriber, items)}

    def save(self, subscribers: Sequence[Subscriber]) -> Sequence[str]:
        written = self._write(self._table, [_versioned(self._tenant, each) for each in subscribers])
        return [each.id for each, done in zip(subscribers, written, strict=True) if not done]

    def remove(self, id: str) -> None:
        """Remove memberships first: after a crash the subscriber is left to be removed again.

        Whoever added one meanwhile either sees that the subscriber is gone, or had it seen here.
        """
        key = keys.subscriber(self._tenant, id)
        if self._table.get(key) is None:
            raise NotFound(Noun.SUBSCRIBER, id)
        self._remove_memberships(id)
        # It is gone already where this very call timed out, and the SDK sent it again.
        with suppress(ConditionFailed):
            self._table.write(Delete(key, PRESENT))
        self._remove_memberships(id)

    def _remove_memberships(self, id: str) -> None:
        listing = keys.memberships(self._tenant, id)
        topics = [str(item["sk"]) for item in self._table.query(listing).items]
        members = [Delete(keys.member(self._tenant, topic, id)) for topic in topics]
        self._table.write_many([*members, *(Delete(keys.within(listing, t)) for t in topics)])

    def list(self, cursor: str | None, limit: int) -> Page[Subscriber]:
        return listings.page(self._table, self._shards(), cursor, limit, _subscriber)

    def walk(self, window: Window) -> Page[Subscriber]:
        return listings.walk(self._table, self._shards(), window, _subscriber)

    def count(self) -> Count:
        return listings.count(self._table, self._shards(), each=_COUNTED)

    def by_email(self, address: str, limit: int) -> Sequence[str]:
        place = ("by_email_pk", keys.email(self._tenant, address))
        return [str(item["sk"]) for item in self._table.index("by_email", place, limit=limit)]

    def shard(self, shard: int, after: str, limit: int) -> Sequence[Subscriber]:
        listing = keys.subscribers(self._tenant, shard)
        rows = self._table.query(listing, start=listings.after(after), limit=limit)
        return [_subscriber(item) for item in rows.items]

    def _shards(self) -> Sequence[keys.Listing]:
        return [keys.subscribers(self._tenant, shard) for shard in range(SHARDS)]


def _versioned(tenant: str, subscriber: Subscriber) -> Insert | Update:
    key = keys.subscriber(tenant, subscriber.id)
    content: dict[str, str | int] = {
        "data": codecs.dump(subscriber),
        "version": subscriber.version,
    }
    if subscriber.email:
        content["by_email_pk"] = keys.email(tenant, subscriber.email)
    if subscriber.version == 1:
        return Insert({**key._asdict(), **content})
    without = [] if subscriber.email else ["by_email_pk"]
    return Update(key, content, ("version", subscriber.version - 1), without)


def _subscriber(item: Item) -> Subscriber:
    return codecs.load(Subscriber, str(item["data"]))
