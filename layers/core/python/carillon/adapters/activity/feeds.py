"""Feeds in the invocations table, with a sparse index of the unread messages."""

import heapq
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from carillon.adapters.aws import codecs, keys, listings
from carillon.adapters.aws.bulk import BulkWrite, Insert, Update
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.table import Delete, Table
from carillon.domain.activity.feeds import FeedMessage, FeedPosition, State

_INDEX = "unread"


class DynamoFeeds:
    def __init__(self, tenant: str, table: Table, write: BulkWrite, *, retention_days: int) -> None:
        self._tenant = tenant
        self._table = table
        self._write = write
        self._retention = timedelta(days=retention_days)

    def add(self, message: FeedMessage) -> None:
        item = {
            **keys.feed_message(self._tenant, message.place)._asdict(),
            **_content(self._tenant, message),
            "expires_at": int((message.at + self._retention).timestamp()),
        }
        self._write(self._table, [Insert(item)])

    def get_many(self, places: Sequence[FeedPosition]) -> Mapping[FeedPosition, FeedMessage]:
        wanted = [keys.feed_message(self._tenant, place) for place in places]
        found = map(_message, self._table.get_many(wanted))
        return {one.place: one for one in found}

    def newest(
        self, subscriber: str, limit: int, *, before: FeedPosition | None = None
    ) -> Sequence[FeedMessage]:
        rows = listings.newest(
            self._table,
            keys.feed(self._tenant, subscriber),
            since="",
            until=keys.LAST_MOMENT,
            before=keys.moment(before.at, before.id) if before else None,
            limit=limit,
        )
        return [_message(item) for item in rows.items]

    def unread(
        self, subscriber: str, states: frozenset[State], limit: int
    ) -> Sequence[FeedPosition]:
        feed = ("unread_pk", keys.feed(self._tenant, subscriber).pk)
        found = [
            self._table.newest_of_index(_INDEX, feed, ("unread_sk", f"{state}#"), limit=limit)
            for state in sorted(states)
        ]
        places = [[_place(subscriber, item) for item in some] for some in found]
        return list(islice(heapq.merge(*places, reverse=True), limit))

    def count_unread(self, subscriber: str, states: frozenset[State], limit: int) -> int:
        feed = ("unread_pk", keys.feed(self._tenant, subscriber).pk)
        counted = 0
        for state in sorted(states):
            counted += self._table.count_index(
                _INDEX, feed, ("unread_sk", f"{state}#"), limit=limit - counted
            )
        return counted

    def update(self, messages: Sequence[FeedMessage]) -> Sequence[FeedMessage]:
        done = self._write(self._table, [_update(self._tenant, one) for one in messages])
        return [one for one, written in zip(messages, done, strict=True) if written]

    def remove(self, places: Sequence[FeedPosition]) -> None:
        gone = [Delete(keys.feed_message(self._tenant, place)) for place in places]
        self._table.write_many(gone)


def _update(tenant: str, message: FeedMessage) -> Update:
    """Replace the version before. A message that is read leaves the index."""
    content = _content(tenant, message)
    gone = [name for name in ("unread_pk", "unread_sk") if name not in content]
    key = keys.feed_message(tenant, message.place)
    return Update(key, content, ("version", message.version - 1), gone)


def _content(tenant: str, message: FeedMessage) -> Item:
    content: Item = {"data": codecs.dump(message), "version": message.version}
    if message.state is State.READ:
        return content
    return {
        **content,
        "unread_pk": keys.feed(tenant, message.subscriber).pk,
        "unread_sk": f"{message.state}#{keys.moment(message.at, message.id)}",
    }


def _message(item: Item) -> FeedMessage:
    return codecs.load(FeedMessage, str(item["data"]))


def _place(subscriber: str, item: Item) -> FeedPosition:
    at, _, id = str(item["sk"]).partition("#")
    return FeedPosition(subscriber, datetime.fromisoformat(at), id)
