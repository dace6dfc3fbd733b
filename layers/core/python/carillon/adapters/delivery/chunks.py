"""Chunks in the invocations table: a lease while one is sent, then the record of its deliveries."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from carillon.adapters.aws import codecs, keys, listings
from carillon.adapters.aws.bulk import BulkWrite, Insert
from carillon.adapters.aws.conditions import ConditionFailed
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.keys import Key, Listing
from carillon.adapters.aws.table import Table
from carillon.domain.audience.subscribers import SHARDS
from carillon.domain.base import cursors
from carillon.domain.base.paging import Page
from carillon.domain.delivery.deliveries import (
    Chunk,
    ChunkKey,
    Claim,
    Claimed,
    DeliveryRecord,
    Held,
    Status,
    Tally,
    tally,
)
from carillon.domain.delivery.skips import SkipReason

_CHUNKS_A_PAGE = 100  # read at most for one page, as the invocation may be in few of them
_CHUNKS_A_READ = 20  # enough to fill a page when all deliveries are the invocation's
_STATUSES = frozenset(Status)
_AFTER_ALL = "~"  # sorts after every delivery id

_LONGEST_ACCOUNT = 380_000  # bytes; an item has 400 KB, with its tally and its keys
_SHORTER = (200, 60, 0)  # characters of the words that providers and templates add to a record


class DynamoChunks:
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

    def claim(self, chunk: Chunk, owner: str, now: datetime) -> Claim:
        try:
            item = self._table.update(
                _key(chunk),
                "SET #lease_until = :until, #lease_owner = :owner,"
                " #expires_at = if_not_exists(#expires_at, :expires_at)",
                "attribute_not_exists(#lease_until) OR #lease_until < :now",
                {
                    "until": codecs.milliseconds(now + self._lease),
                    "owner": owner,
                    "now": codecs.milliseconds(now),
                    "expires_at": int((now + self._retention).timestamp()),
                },
            )
        except ConditionFailed:
            return Held()
        return Claimed(_record(item))

    def record(self, chunk: Chunk, owner: str, records: Mapping[str, DeliveryRecord]) -> bool:
        try:
            self._table.update(
                _key(chunk),
                "SET #data = :data, #tally = :tally REMOVE #lease_until, #lease_owner",
                "#lease_owner = :owner",
                {
                    **_written(records),
                    "owner": owner,
                },
            )
        except ConditionFailed:
            return False
        return True

    def insert(
        self, chunks: Sequence[tuple[Chunk, Mapping[str, DeliveryRecord]]]
    ) -> Sequence[Chunk]:
        """N chunks take ceil(n / 25) calls."""
        inserts = []
        for chunk, records in chunks:
            at = max(record.at for record in records.values())
            expiry = int((at + self._retention).timestamp())
            inserts.append(
                Insert({**_key(chunk)._asdict(), **_written(records), "expires_at": expiry})
            )
        written = self._write(self._table, inserts)
        return [chunk for (chunk, _), done in zip(chunks, written, strict=True) if not done]

    def of_invocation(
        self, job: str, invocation: str, cursor: str | None, limit: int
    ) -> Page[DeliveryRecord]:
        name = f"{keys.invocation(self._tenant, invocation).pk}/{job}"
        chunks = [keys.chunks(self._tenant, job, range_) for range_ in range(SHARDS)]
        return self._page(name, chunks, cursor, limit, lambda one: one.invocation == invocation)

    def of_job(
        self, job: str, cursor: str | None, limit: int, *, ranges: int
    ) -> Page[DeliveryRecord]:
        chunks = [keys.chunks(self._tenant, job, range_) for range_ in range(ranges)]
        return self._page(chunks[0].pk, chunks, cursor, limit, lambda _: True)

    def get_many(self, keys: Sequence[ChunkKey]) -> Mapping[str, DeliveryRecord]:
        items = self._table.get_many([_place(self._tenant, key) for key in keys], ["data"])
        return {id: one for item in items for id, one in _record(item).items()}

    def tally(self, job: str, invocation: str) -> Tally:
        def count(listing: Listing) -> Counter[Status | SkipReason]:
            counts: Counter[Status | SkipReason] = Counter()
            for item in self._table.every(listing, ["tally"]):
                counts.update(_tally(item).get(invocation, {}))
            return counts

        ranges = [keys.chunks(self._tenant, job, range_) for range_ in range(SHARDS)]
        return sum(listings.side_by_side(count, ranges), Counter())

    def anonymize(
        self, keys: Sequence[ChunkKey], deliveries: frozenset[str], now: datetime
    ) -> frozenset[ChunkKey]:
        places = {_place(self._tenant, key): key for key in keys}
        busy: set[ChunkKey] = set()
        for item in self._table.get_many(list(places), ["pk", "sk", "data"]):
            record = _record(item)
            after = {id: one.anonymous if id in deliveries else one for id, one in record.items()}
            place = Key(str(item["pk"]), str(item["sk"]))
            if not self._replace(place, item.get("data"), after, now):
                busy.add(places[place])
        return frozenset(busy)

    def _replace(
        self,
        place: Key,
        before: object,
        after: Mapping[str, DeliveryRecord],
        now: datetime,
    ) -> bool:
        """Write the records unless a worker has the chunk, or has had it since it was read."""
        held = "attribute_not_exists(#lease_until) OR #lease_until < :now"
        unchanged = "attribute_not_exists(#data)" if before is None else "#data = :before"
        values: dict[str, str | int] = {
            "data": codecs.dump_as(dict[str, DeliveryRecord], dict(after)),
            "now": codecs.milliseconds(now),
        }
        if before is not None:
            values["before"] = str(before)
        try:
            self._table.update(place, "SET #data = :data", f"({held}) AND {unchanged}", values)
        except ConditionFailed:
            return False
        return True

    def _page(
        self,
        name: str,
        chunks: Sequence[Listing],
        cursor: str | None,
        limit: int,
        wanted: Callable[[DeliveryRecord], bool],
    ) -> Page[DeliveryRecord]:
        """Return a page of deliveries. A cursor holds the range, chunk and id of the last one."""
        first = ("0", "", "")
        shard, chunk, last = cursors.decode(name, cursor, 3) if cursor is not None else first
        place = cursors.number(shard, len(chunks))
        found: list[DeliveryRecord] = []
        behind: list[str] = []
        for at, id, item in self._chunks(chunks, place, chunk):
            if item is None:
                return Page(found, cursors.encode(name, str(at), id, _AFTER_ALL), behind)
            record, after = _record(item), last if (at, id) == (place, chunk) else ""
            for delivery in sorted(record):
                if delivery <= after or not wanted(record[delivery]):
                    continue
                if len(found) == limit:
                    return Page(found, behind[-1], behind)
                found.append(record[delivery])
                behind.append(cursors.encode(name, str(at), id, delivery))
        return Page(found, cursors=behind)

    def _chunks(
        self, chunks: Sequence[Listing], place: int, start: str
    ) -> Iterator[tuple[int, str, Item | None]]:
        """Yield range, id and item of a job's chunks from `start` in the range `place` on.

        After too many of them, yield the last id with None: the next page continues behind it.
        """
        left = _CHUNKS_A_PAGE
        id = start
        for at in range(place, len(chunks)):
            more = True
            while more:
                some = min(left, _CHUNKS_A_READ)
                rows = self._table.query(chunks[at], start=start, limit=some)
                for item in rows.items:
                    id = str(item["sk"]).removeprefix(chunks[at].prefix)
                    yield at, id, item
                left, more, start = left - len(rows.items), rows.more, listings.after(id)
                if more and not left:
                    yield at, id, None
                    return
            id = start = ""


def _key(chunk: Chunk) -> keys.Key:
    return _place(chunk.tenant, chunk.key)


def _place(tenant: str, key: ChunkKey) -> keys.Key:
    return keys.within(keys.chunks(tenant, key.job, key.range), key.id)


def _written(records: Mapping[str, DeliveryRecord]) -> Item:
    return {
        "data": _account(records),
        "tally": json.dumps(tally(records.values()), separators=(",", ":")),
    }


def _account(records: Mapping[str, DeliveryRecord]) -> str:
    """Write the records, with shorter words where an item would not hold them.

    A chunk whose account is refused would be sent again, by each worker that gets it.
    """
    account = codecs.dump_as(dict[str, DeliveryRecord], dict(records))
    for most in _SHORTER:
        if len(account) <= _LONGEST_ACCOUNT:
            break
        brief = {id: one.brief(most) for id, one in records.items()}
        account = codecs.dump_as(dict[str, DeliveryRecord], brief)
    return account


def _tally(item: Item) -> Mapping[str, Tally]:
    """Return the counts made when the chunk was recorded; none while it is only claimed."""
    told = json.loads(str(item.get("tally", "{}")))
    return {id: {_standing(name): n for name, n in counts.items()} for id, counts in told.items()}


def _standing(name: str) -> Status | SkipReason:
    return Status(name) if name in _STATUSES else SkipReason(name)


def _record(item: Item) -> Mapping[str, DeliveryRecord]:
    return codecs.load(dict[str, DeliveryRecord], str(item.get("data", "{}")))
