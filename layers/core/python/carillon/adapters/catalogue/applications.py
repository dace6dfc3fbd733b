"""Applications and projects in the tenants table."""

from carillon.adapters.aws import codecs, guards, keys, listings
from carillon.adapters.aws.conditions import ABSENT, PRESENT, ConditionFailed, follows
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.table import Delete, Put, Table
from carillon.domain.base.errors import Changed, Conflict, NotFound
from carillon.domain.base.guards import Seen
from carillon.domain.base.paging import Page
from carillon.domain.base.terms import Noun
from carillon.domain.catalogue.applications import Application


class DynamoApplications:
    def __init__(self, tenant: str, table: Table) -> None:
        self._tenant = tenant
        self._table = table

    def get(self, path: str) -> Application:
        item = self._table.get(keys.application(self._tenant, path))
        if item is None:
            raise NotFound(Noun.APPLICATION, path)
        return decoded(item)

    def add(self, application: Application, *, seen: Seen) -> None:
        new = Put(_item(self._tenant, application), ABSENT)
        try:
            self._table.transact(new, guards.moved(self._tenant, seen))
        except ConditionFailed as failed:
            if failed.first:
                raise Conflict(f"Application {application.path!r} exists already") from None
            raise Changed(f"Application {application.path!r}") from None

    def save(self, application: Application) -> None:
        try:
            item = _item(self._tenant, application)
            self._table.write(Put(item, *follows(application.version)))
        except ConditionFailed:
            raise Changed(f"Application {application.path!r}") from None

    def remove(self, path: str, *, seen: Seen) -> None:
        gone = Delete(keys.application(self._tenant, path), PRESENT)
        try:
            self._table.transact(gone, guards.moved(self._tenant, seen))
        except ConditionFailed as failed:
            if failed.first:
                raise NotFound(Noun.APPLICATION, path) from None
            raise Changed(f"Application {path!r}") from None

    def list(self, cursor: str | None, limit: int) -> Page[Application]:
        return listings.page(self._table, [keys.applications(self._tenant)], cursor, limit, decoded)


def decoded(item: Item) -> Application:
    return codecs.load(Application, str(item["data"]))


def _item(tenant: str, application: Application) -> Item:
    key = keys.application(tenant, application.path)
    return {**key._asdict(), "data": codecs.dump(application), "version": application.version}
