"""Tenants and their API keys in the tenants table."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from carillon.adapters.aws import codecs, guards, keys, listings
from carillon.adapters.aws.conditions import ABSENT, PRESENT, ConditionFailed, still
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.table import Change, Delete, Put, Table
from carillon.domain.base import ids
from carillon.domain.base.errors import Changed, Conflict, NotFound
from carillon.domain.base.guards import Seen
from carillon.domain.base.paging import Page
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import ApiKey, Tenant


class DynamoTenants:
    """Keeps a tenant twice: under its own key, and in the list of all.

    A deleted tenant leaves its key, without content, so that its id is never given again.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, id: str) -> Tenant:
        item = self._table.get(keys.tenant(id))
        if item is None or "data" not in item:
            raise NotFound(Noun.TENANT, id)
        return _tenant(item)

    def add(self, tenant: Tenant) -> None:
        own = keys.tenant(tenant.id)
        item: Item = {**own._asdict(), "data": _content(tenant), "version": ids.new()}
        try:
            self._table.transact(Put(item, ABSENT), _listed(tenant))
        except ConditionFailed:
            raise Conflict(f"Tenant {tenant.id!r} exists already, or existed") from None

    def save(self, tenant: Tenant) -> None:
        try:
            self._table.transact(_change(tenant), _listed(tenant))
        except ConditionFailed:
            raise Changed(f"Tenant {tenant.id!r}") from None

    def list(self, cursor: str | None, limit: int) -> Page[Tenant]:
        return listings.page(self._table, [keys.TENANTS], cursor, limit, _tenant)

    def bury(self, id: str) -> None:
        own, listed = keys.tenant(id), keys.listed_tenant(id)
        self._table.transact(Put({**own._asdict(), "deleting": 1}), Delete(listed))


class DynamoTenantRecord:
    """A tenant's record with the version of its configuration.

    The version is a new id whenever the record or any part of the configuration is written.
    """

    def __init__(self, tenant: str, table: Table) -> None:
        self.tenant = tenant
        self._table = table

    def read(self) -> tuple[Tenant | None, str]:
        item = self._table.get(keys.tenant(self.tenant))
        if item is None or "data" not in item:
            return None, ""
        return _tenant(item), str(item.get("version", ""))

    def renew(self) -> None:
        """Give the configuration a new version; no harm is done where the tenant is deleted."""
        with suppress(ConditionFailed):
            self._table.update(
                keys.tenant(self.tenant),
                "SET #version = :version",
                "attribute_exists(#data)",
                {"version": ids.new()},
            )


class DynamoApiKeyDirectory:
    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, id: str) -> ApiKey | None:
        item = self._table.get(keys.api_key(id))
        return _api_key(item) if item else None


class DynamoApiKeys:
    """Keeps a key twice: by its id alone, and in its tenant's list."""

    def __init__(self, tenant: str, table: Table) -> None:
        self._tenant = tenant
        self._table = table

    def add(self, key: ApiKey, *, seen: Seen | None = None) -> None:
        found, listed = keys.api_key(key.id), keys.within(keys.api_keys(key.tenant), key.id)
        content = {"data": codecs.dump(key), "tenant": key.tenant}
        try:
            self._table.transact(
                Put({**found._asdict(), **content}, ABSENT),
                Put({**listed._asdict(), **content}),
                *([guards.moved(self._tenant, seen)] if seen else []),
            )
        except ConditionFailed as failed:
            if not failed.first:
                raise Changed("The list of API keys") from None
            raise Conflict(f"API key {key.id!r} exists already") from None

    def remove(self, id: str) -> None:
        found, listed = keys.api_key(id), keys.within(keys.api_keys(self._tenant), id)
        try:
            self._table.transact(
                Delete(found, "#tenant = :tenant", {"tenant": self._tenant}),
                Delete(listed, PRESENT),
            )
        except ConditionFailed:
            raise NotFound(Noun.API_KEY, id) from None

    def list(self, cursor: str | None, limit: int) -> Page[ApiKey]:
        return listings.page(self._table, [keys.api_keys(self._tenant)], cursor, limit, _api_key)


def _change(tenant: Tenant) -> Change:
    """Change the tenant's own item, which also says when a subscriber was last deleted.

    The item's `version` is that of the whole configuration, so the record's own is `revision`.
    """
    change = "SET #data = :data, #version = :version, #revision = :revision"
    condition, before = still(tenant.version - 1, "revision")
    condition += " AND attribute_exists(#data)"
    values: dict[str, str | int] = {
        **before,
        "data": _content(tenant),
        "version": ids.new(),
        "revision": tenant.version,
    }
    if tenant.deleting_since:
        change, values["deleting"] = f"{change}, #deleting = :deleting", 1
    else:
        condition += " AND attribute_not_exists(#deleting)"
    return Change(keys.tenant(tenant.id), change, condition, values)


def _listed(tenant: Tenant) -> Put:
    return Put({**keys.listed_tenant(tenant.id)._asdict(), "data": _content(tenant)})


def _content(tenant: Tenant) -> str:
    return codecs.dump(replace(tenant, erased_at=None))


def _tenant(item: Item) -> Tenant:
    tenant = codecs.load(Tenant, str(item["data"]))
    if "erased_at" not in item:
        return tenant
    return replace(tenant, erased_at=datetime.fromisoformat(str(item["erased_at"])))


def _api_key(item: Item) -> ApiKey:
    return codecs.load(ApiKey, str(item["data"]))
