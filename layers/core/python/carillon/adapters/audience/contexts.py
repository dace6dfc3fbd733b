"""Contexts in the tenants table."""

from collections.abc import Mapping, Sequence

from carillon.adapters.aws import codecs, keys, listings
from carillon.adapters.aws.conditions import ABSENT, PRESENT, ConditionFailed, follows, still
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.table import Delete, Put, Table
from carillon.domain.audience.contexts import Context
from carillon.domain.base.errors import Changed, Conflict, NotFound
from carillon.domain.base.paging import Page
from carillon.domain.base.terms import Noun


class DynamoContexts:
    def __init__(self, tenant: str, table: Table) -> None:
        self._tenant = tenant
        self._table = table

    def get_many(self, identifiers: Sequence[str]) -> Mapping[str, Context]:
        listing = keys.contexts(self._tenant)
        items = self._table.get_many([keys.within(listing, id) for id in identifiers])
        return {context.identifier: context for context in map(_context, items)}

    def add(self, context: Context) -> None:
        try:
            self._table.write(Put(_item(self._tenant, context), ABSENT))
        except ConditionFailed:
            raise Conflict(f"A context {context.identifier!r} exists already") from None

    def save(self, context: Context) -> None:
        try:
            self._table.write(Put(_item(self._tenant, context), *follows(context.version)))
        except ConditionFailed:
            raise Changed(f"Context {context.identifier!r}") from None

    def rename(self, before: Context, after: Context) -> None:
        old = keys.within(keys.contexts(self._tenant), before.identifier)
        new = _item(self._tenant, after)
        try:
            self._table.transact(Put(new, ABSENT), Delete(old, *still(before.version)))
        except ConditionFailed as failed:
            if failed.first:
                raise Conflict(f"A context {after.identifier!r} exists already") from None
            raise Changed(f"Context {before.identifier!r}") from None

    def remove(self, identifier: str) -> None:
        try:
            self._table.write(Delete(keys.within(keys.contexts(self._tenant), identifier), PRESENT))
        except ConditionFailed:
            raise NotFound(Noun.CONTEXT, identifier) from None

    def list(self, cursor: str | None, limit: int) -> Page[Context]:
        return listings.page(self._table, [keys.contexts(self._tenant)], cursor, limit, _context)


def _item(tenant: str, context: Context) -> Item:
    key = keys.within(keys.contexts(tenant), context.identifier)
    return {**key._asdict(), "data": codecs.dump(context), "version": context.version}


def _context(item: Item) -> Context:
    return codecs.load(Context, str(item["data"]))
