"""Waiting deliveries in the invocations table, with a sparse index by due time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from carillon.adapters.aws import codecs, keys, listings
from carillon.adapters.aws.bulk import BulkWrite, Insert, Update
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.keys import Key, Listing
from carillon.adapters.aws.table import Table
from carillon.domain.audience.subscribers import SHARDS
from carillon.domain.base import ids
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.waiting import DUE_SHARDS, DeliveryKey, Due, Waiting

_INDEX = "due"


class DynamoDueDeliveries:
    def __init__(self, table: Table, write: BulkWrite) -> None:
        self._table = table
        self._write = write

    def due(
        self, shard: int, *, after: datetime | None, until: datetime, limit: int
    ) -> Sequence[Due]:
        first = codecs.milliseconds(after) + 1 if after else 0
        items = self._table.query_index(
            _INDEX,
            ("due_shard", keys.due(shard)),
            ("due_at", first, codecs.milliseconds(until)),
            limit=limit,
        )
        return [codecs.load(Due, str(item["about"])) for item in items]

    def postpone(self, due: Sequence[Due], until: datetime) -> None:
        updates = []
        for one in due:
            later = replace(one, sweep_at=until)
            change: Item = {"due_at": codecs.milliseconds(until), "about": codecs.dump(later)}
            expected = ("due_at", codecs.milliseconds(one.sweep_at))
            updates.append(Update(_key(one.tenant, one.key), change, expected))
        self._write(self._table, updates)


class DynamoWaitingDeliveries:
    def __init__(
        self,
        tenant: str,
        table: Table,
        write: BulkWrite,
        *,
        retention_days: int,
        lease_seconds: int,
    ) -> None:
        self._tenant = tenant
        self._table = table
        self._write = write
        self._retention = timedelta(days=retention_days)
        self._lease = timedelta(seconds=lease_seconds)

    def add(self, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
        inserts = [Insert(self._item(one)) for one in waiting]
        return _succeeded(waiting, self._write(self._table, inserts))

    def get_many(self, keys: Sequence[DeliveryKey]) -> Sequence[Waiting]:
        items = self._table.get_many([_key(self._tenant, key) for key in keys])
        return [codecs.load(Waiting, str(item["data"])) for item in items]

    def claim(self, waiting: Sequence[Waiting], now: datetime) -> Sequence[Waiting]:
        return self.record([one.leased(now + self._lease) for one in waiting])

    def record(self, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
        return _succeeded(waiting, self._write(self._table, [_update(one) for one in waiting]))

    def tally(self, invocation: str) -> Mapping[Status, int]:
        def count(listing: Listing) -> Counter[Status]:
            return Counter(map(_status, self._table.every(listing, ["status"])))

        shards = [keys.waiting(self._tenant, invocation, shard) for shard in range(SHARDS)]
        return sum(listings.side_by_side(count, shards), Counter())

    def _item(self, one: Waiting) -> Item:
        return {
            **_key(one.tenant, one.key)._asdict(),
            **_content(one),
            "expires_at": int((one.accepted_at + self._retention).timestamp()),
        }


def _update(one: Waiting) -> Update:
    """Replace the version before. A delivery with no attempt due leaves the index."""
    content = _content(one)
    gone = [name for name in ("about", "due_at", "due_shard") if name not in content]
    return Update(_key(one.tenant, one.key), content, ("version", one.version - 1), gone)


def _content(one: Waiting) -> Item:
    content: dict[str, str | int] = {
        "data": codecs.dump(one),
        "status": one.record.status,
        "version": one.version,
    }
    due = one.record.next_attempt_at
    if one.sweep_at is None or due is None:
        return content
    about = Due(
        tenant=one.tenant,
        channel=one.channel,
        key=one.key,
        accepted_at=one.accepted_at,
        next_attempt_at=due,
        sweep_at=one.sweep_at,
    )
    return {
        **content,
        "about": codecs.dump(about),
        "due_at": codecs.milliseconds(one.sweep_at),
        "due_shard": keys.due(ids.shard(one.delivery.id, DUE_SHARDS)),
    }


def _status(item: Item) -> Status:
    return Status(str(item["status"]))


def _key(tenant: str, key: DeliveryKey) -> Key:
    return keys.waiting_delivery(tenant, key.invocation, key.delivery)


def _succeeded(waiting: Sequence[Waiting], done: Sequence[bool]) -> Sequence[Waiting]:
    return [one for one, written in zip(waiting, done, strict=True) if written]
