"""Applications and projects in the tenants table."""

from carillon.adapters.aws import codecs, keys, listings
from carillon.adapters.aws.conditions import ABSENT, PRESENT, ConditionFailed
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.table import Delete, Put, Table
from carillon.domain.base.errors import Conflict, NotFound
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

    def add(self, application: Application) -> None:
        try:
            self._table.write(Put(_item(self._tenant, application), ABSENT))
        except ConditionFailed:
            raise Conflict(f"Application {application.path!r} exists already") from None

    def save(self, application: Application) -> None:
        self._table.write(Put(_item(self._tenant, application)))

    def remove(self, path: str) -> None:
        try:
            self._table.write(Delete(keys.application(self._tenant, path), PRESENT))
        except ConditionFailed:
            raise NotFound(Noun.APPLICATION, path) from None

    def list(self, cursor: str | None, limit: int) -> Page[Application]:
        return listings.page(self._table, [keys.applications(self._tenant)], cursor, limit, decoded)


def decoded(item: Item) -> Application:
    return codecs.load(Application, str(item["data"]))


def _item(tenant: str, application: Application) -> Item:
    key = keys.application(tenant, application.path)
    return {**key._asdict(), "data": codecs.dump(application)}
