"""Chunks in the invocations table: a lease while one is sent, then the account of it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from carillon.adapters import codecs, keys
from carillon.adapters.table import ConditionFailed, Item, Table
from carillon.domain import cursors
from carillon.domain.deliveries import Attempted, Chunk, Claim, Claimed, Held
from carillon.domain.paging import Page
from carillon.domain.subscribers import SHARDS

_CHUNKS_A_PAGE = 100  # read for one page at most; the invocation may be in few of them
_BEHIND_ALL = "~"  # sorts behind every delivery id


class DynamoChunks:
    def __init__(self, table: Table, *, retention_days: int, lease_seconds: int) -> None:
        self._table = table
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
                    "until": _milliseconds(now + self._lease),
                    "owner": owner,
                    "now": _milliseconds(now),
                    "expires_at": int((now + self._retention).timestamp()),
                },
            )
        except ConditionFailed:
            return Held()
        return Claimed(_account(item))

    def record(self, chunk: Chunk, owner: str, attempted: Mapping[str, Attempted]) -> bool:
        try:
            self._table.update(
                _key(chunk),
                "SET #data = :data REMOVE #lease_until, #lease_owner",
                "#lease_owner = :owner",
                {"data": codecs.dump_as(dict[str, Attempted], dict(attempted)), "owner": owner},
            )
        except ConditionFailed:
            return False
        return True

    def of_invocation(
        self, tenant: str, job: str, invocation: str, cursor: str | None, limit: int
    ) -> Page[Attempted]:
        """The cursor is the last delivery shown, within its chunk, within its range."""
        name = f"{keys.invocation(tenant, invocation).pk}/{job}"
        first = ("0", "", "")
        shard, chunk, last = cursors.decode(name, cursor, 3) if cursor is not None else first
        place = cursors.number(shard, SHARDS)
        found: list[Attempted] = []
        shown: str | None = None
        for at, id, item in self._chunks(tenant, job, place, chunk):
            if item is None:
                return Page(found, cursors.encode(name, str(at), id, _BEHIND_ALL))
            for one in _of(item, invocation, last if (at, id) == (place, chunk) else ""):
                if len(found) == limit:
                    return Page(found, shown)
                found.append(one)
                shown = cursors.encode(name, str(at), id, one.delivery)
        return Page(found)

    def _chunks(
        self, tenant: str, job: str, place: int, start: str
    ) -> Iterator[tuple[int, str, Item | None]]:
        """A job's chunks from this place on; None for where to go on after too many of them."""
        left = _CHUNKS_A_PAGE
        for at in range(place, SHARDS):
            listing = keys.chunks(tenant, job, at)
            rows = self._table.query(listing, start=start, limit=left)
            id = start
            for item in rows.items:
                id = str(item["sk"]).removeprefix(listing.prefix)
                yield at, id, item
            if rows.more:
                yield at, id, None
                return
            left -= len(rows.items)
            start = ""


def _key(chunk: Chunk) -> keys.Key:
    return keys.within(keys.chunks(chunk.tenant, chunk.job, chunk.range), chunk.id)


def _of(item: Item, invocation: str, after: str) -> Iterator[Attempted]:
    account = _account(item)
    for delivery in sorted(account):
        if delivery > after and account[delivery].invocation == invocation:
            yield account[delivery]


def _account(item: Item) -> Mapping[str, Attempted]:
    return codecs.load(dict[str, Attempted], str(item.get("data", "{}")))


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)
