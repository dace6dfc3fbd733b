"""Integrations and contexts in the tenants table."""

from collections.abc import Mapping, Sequence

from carillon.adapters import codecs, keys, listings
from carillon.adapters.table import PRESENT, ConditionFailed, Delete, Item, Put, Table
from carillon.domain.contexts import Context
from carillon.domain.errors import NotFound
from carillon.domain.integrations import Integration
from carillon.domain.paging import Page


class DynamoIntegrations:
    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self, tenant: str) -> Sequence[Integration]:
        return [_integration(item) for item in self._table.query(keys.integrations(tenant)).items]

    def get(self, tenant: str, id: str) -> Integration:
        item = self._table.get(keys.within(keys.integrations(tenant), id))
        if item is None:
            raise NotFound("integration", id)
        return _integration(item)

    def save(self, tenant: str, integration: Integration) -> None:
        key = keys.within(keys.integrations(tenant), integration.id)
        self._table.write(Put({**key._asdict(), "data": codecs.dump(integration)}))

    def remove(self, tenant: str, id: str) -> None:
        try:
            self._table.write(Delete(keys.within(keys.integrations(tenant), id), PRESENT))
        except ConditionFailed:
            raise NotFound("integration", id) from None


class DynamoContexts:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get_many(self, tenant: str, identifiers: Sequence[str]) -> Mapping[str, Context]:
        listing = keys.contexts(tenant)
        items = self._table.get_many([keys.within(listing, id) for id in identifiers])
        return {context.identifier: context for context in map(_context, items)}

    def save(self, tenant: str, context: Context) -> None:
        key = keys.within(keys.contexts(tenant), context.identifier)
        self._table.write(Put({**key._asdict(), "data": codecs.dump(context)}))

    def remove(self, tenant: str, identifier: str) -> None:
        try:
            self._table.write(Delete(keys.within(keys.contexts(tenant), identifier), PRESENT))
        except ConditionFailed:
            raise NotFound("context", identifier) from None

    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Context]:
        return listings.page(self._table, [keys.contexts(tenant)], cursor, limit, _context)


def _integration(item: Item) -> Integration:
    return codecs.load(Integration, str(item["data"]))


def _context(item: Item) -> Context:
    return codecs.load(Context, str(item["data"]))
