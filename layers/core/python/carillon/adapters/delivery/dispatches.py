"""Dispatches in the invocations table: listed by time; those that await an answer also by id."""

from collections.abc import Sequence
from itertools import chain

from carillon.adapters.aws import codecs, keys, listings
from carillon.adapters.aws.conditions import ABSENT, ConditionFailed
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.table import Put, Table
from carillon.domain.delivery.dispatches import Dispatch

_OPEN = "attribute_not_exists(#completed)"


class DynamoDispatchDirectory:
    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, id: str) -> Dispatch | None:
        item = self._table.get(keys.dispatch(id))
        return _dispatch(item) if item else None


class DynamoDispatches:
    def __init__(self, tenant: str, table: Table) -> None:
        self._tenant = tenant
        self._table = table

    def start(self, dispatches: Sequence[Dispatch]) -> None:
        """Write dispatches that await no answer 25 a call, the others one by one if absent.

        The others may have been answered before a repetition, which must not undo that.
        """
        plain = [Put(_listed(one)) for one in dispatches if one.answer_by is None]
        if plain:
            self._table.write_many(plain)
        for one in dispatches:
            if one.answer_by is not None:
                try:
                    self._table.transact(Put(_by_id(one), ABSENT), Put(_listed(one), ABSENT))
                except ConditionFailed:
                    continue

    def complete(self, dispatches: Sequence[Dispatch]) -> frozenset[str]:
        plain = [one for one in dispatches if one.answer_by is None]
        if plain:
            self._table.write_many([Put(_listed(one)) for one in plain])
        written = {one.id for one in plain}
        for one in dispatches:
            if one.answer_by is not None:
                try:
                    self._table.transact(
                        Put({**_by_id(one), "completed": 1}, _OPEN), Put(_listed(one))
                    )
                except ConditionFailed:
                    continue
                written.add(one.id)
        return frozenset(written)

    def newest(self, limit: int) -> Sequence[Dispatch]:
        def read(listing: keys.Listing) -> list[Dispatch]:
            rows = self._table.query(listing, backwards=True, limit=limit)
            return [_dispatch(item) for item in rows.items]

        found = chain.from_iterable(listings.side_by_side(read, keys.dispatches(self._tenant)))
        return sorted(found, key=lambda one: (one.created_at, one.id), reverse=True)[:limit]


def _listed(dispatch: Dispatch) -> Item:
    key = keys.dispatched(dispatch.tenant, dispatch.id, dispatch.created_at)
    return {**key._asdict(), **_content(dispatch)}


def _by_id(dispatch: Dispatch) -> Item:
    return {**keys.dispatch(dispatch.id)._asdict(), **_content(dispatch)}


def _content(dispatch: Dispatch) -> Item:
    return {
        "data": codecs.dump(dispatch),
        "expires_at": int(dispatch.kept_until.timestamp()),
    }


def _dispatch(item: Item) -> Dispatch:
    return codecs.load(Dispatch, str(item["data"]))
