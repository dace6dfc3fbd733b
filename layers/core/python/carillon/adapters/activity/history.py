"""History in the invocations table: one small item a delivery, in order of time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from carillon.adapters.aws import codecs, keys, listings
from carillon.adapters.aws.table import Delete, Put, Table
from carillon.domain.activity.history import Entry
from carillon.domain.base import cursors
from carillon.domain.base.paging import Page

_END = "~"  # sorts after every time


class DynamoHistory:
    def __init__(self, tenant: str, table: Table, *, retention_days: int) -> None:
        self._tenant = tenant
        self._table = table
        self._retention = timedelta(days=retention_days)

    def add(self, entries: Sequence[Entry]) -> None:
        """Write 25 a call, without conditions: a repetition writes the same items."""
        puts = []
        for one in entries:
            key = self._key(one)
            expiry = int((one.accepted_at + self._retention).timestamp())
            puts.append(Put({**key._asdict(), "data": codecs.dump(one), "expires_at": expiry}))
        self._table.write_many(puts)

    def remove(self, entries: Sequence[Entry]) -> None:
        self._table.write_many([Delete(self._key(one)) for one in entries])

    def _key(self, one: Entry) -> keys.Key:
        listing = keys.history(self._tenant, one.subscriber)
        return keys.within(listing, keys.moment(one.accepted_at, one.delivery))

    def of_subscriber(
        self,
        subscriber: str,
        *,
        since: datetime | None,
        until: datetime | None,
        cursor: str | None,
        limit: int,
    ) -> Page[Entry]:
        """Return a page, the newest entry first. A cursor holds the sort key of the last one."""
        listing = keys.history(self._tenant, subscriber)
        rows = listings.newest(
            self._table,
            listing,
            since=keys.moment(since) if since else "",
            until=keys.moment(until) if until else _END,
            before=cursors.decode(listing.pk, cursor, 1)[0] if cursor is not None else None,
            limit=limit,
        )
        behind = [cursors.encode(listing.pk, str(item["sk"])) for item in rows.items]
        found = [codecs.load(Entry, str(item["data"])) for item in rows.items]
        return Page(found, behind[-1] if rows.more and behind else None, behind)
