"""Integrations and contexts in the tenants table."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from carillon.adapters.aws import codecs, keys, listings
from carillon.adapters.aws.table import ABSENT, PRESENT, ConditionFailed, Delete, Item, Put, Table
from carillon.domain.audience.contexts import Context
from carillon.domain.base.errors import Conflict, NotFound
from carillon.domain.base.paging import Page
from carillon.domain.integrations.integrations import Circuit, Integration


class DynamoIntegrations:
    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self, tenant: str, *, now: bool = False) -> Sequence[Integration]:  # noqa: ARG002
        return [_integration(item) for item in self._table.query(keys.integrations(tenant)).items]

    def get(self, tenant: str, id: str) -> Integration:
        item = self._table.get(keys.within(keys.integrations(tenant), id))
        if item is None:
            raise NotFound("integration", id)
        return _integration(item)

    def save(self, tenant: str, integration: Integration) -> None:
        key = keys.within(keys.integrations(tenant), integration.id)
        content = codecs.dump(replace(integration, circuit=None))
        self._table.write(Put({**key._asdict(), "data": content, "version": integration.version}))

    def switch(self, tenant: str, integration: Integration, circuit: Circuit | None) -> bool:
        """The circuit is an attribute of its own, so that workers never write over a change."""
        key = keys.within(keys.integrations(tenant), integration.id)
        now = {"circuit": codecs.dump(circuit)} if circuit else {}
        before = {"before": codecs.dump(integration.circuit)} if integration.circuit else {}
        unchanged = "#circuit = :before" if before else "attribute_not_exists(#circuit)"
        try:
            self._table.update(
                key,
                "SET #circuit = :circuit" if now else "REMOVE #circuit",
                f"#version = :version AND {unchanged}",
                {**now, **before, "version": integration.version},
            )
        except ConditionFailed:
            return False
        return True

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

    def add(self, tenant: str, context: Context) -> None:
        try:
            self._table.write(Put(_context_item(tenant, context), ABSENT))
        except ConditionFailed:
            raise Conflict(f"A context {context.identifier!r} exists already") from None

    def save(self, tenant: str, context: Context) -> None:
        self._table.write(Put(_context_item(tenant, context)))

    def remove(self, tenant: str, identifier: str) -> None:
        try:
            self._table.write(Delete(keys.within(keys.contexts(tenant), identifier), PRESENT))
        except ConditionFailed:
            raise NotFound("context", identifier) from None

    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Context]:
        return listings.page(self._table, [keys.contexts(tenant)], cursor, limit, _context)


def _integration(item: Item) -> Integration:
    integration = codecs.load(Integration, str(item["data"]))
    circuit = item.get("circuit")
    return (
        replace(integration, circuit=codecs.load(Circuit, str(circuit))) if circuit else integration
    )


def _context_item(tenant: str, context: Context) -> Item:
    key = keys.within(keys.contexts(tenant), context.identifier)
    return {**key._asdict(), "data": codecs.dump(context)}


def _context(item: Item) -> Context:
    return codecs.load(Context, str(item["data"]))
