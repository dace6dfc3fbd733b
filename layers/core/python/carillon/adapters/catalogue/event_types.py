"""Event types and their templates in the tenants table."""

from collections.abc import Mapping, Sequence

from carillon.adapters.aws import codecs, keys, listings
from carillon.adapters.aws.conditions import ABSENT, PRESENT, ConditionFailed
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.table import Delete, Put, Table
from carillon.adapters.catalogue import applications
from carillon.domain.base.errors import Conflict, NotFound
from carillon.domain.base.paging import Page
from carillon.domain.base.terms import Noun
from carillon.domain.catalogue.applications import project_of, within
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import Template


class DynamoEventTypes:
    def __init__(self, tenant: str, table: Table) -> None:
        self._tenant = tenant
        self._table = table

    def get(self, application: str, slug: str) -> EventType:
        item = self._table.get(keys.within(keys.event_types(self._tenant, application), slug))
        if item is None:
            raise NotFound(Noun.EVENT_TYPE, slug)
        return _event_type(item)

    def get_many(self, application: str, slugs: Sequence[str]) -> Mapping[str, EventType]:
        if not slugs:
            return {}
        listing = keys.event_types(self._tenant, application)
        places = [keys.application(self._tenant, p) for p in (project_of(application), application)]
        items = self._table.get_many([*places, *(keys.within(listing, slug) for slug in slugs)])
        known = {key.sk for key in places}
        around = [applications.decoded(item) for item in items if item["sk"] in known]
        found = [_event_type(item) for item in items if item["sk"] not in known]
        return {event.slug: within(event, around) for event in found}

    def save(self, event: EventType, *, expected: int | None) -> None:
        key = keys.within(keys.event_types(self._tenant, event.application), event.slug)
        item = {**key._asdict(), "data": codecs.dump(event), "version": event.version}
        try:
            if expected is None:
                self._table.write(Put(item, ABSENT))
            else:
                self._table.write(Put(item, "#version = :expected", {"expected": expected}))
        except ConditionFailed:
            raise Conflict(f"Event type {event.slug!r} has changed since it was read") from None

    def remove(self, application: str, slug: str) -> None:
        key = keys.within(keys.event_types(self._tenant, application), slug)
        try:
            self._table.write(Delete(key, PRESENT))
        except ConditionFailed:
            raise NotFound(Noun.EVENT_TYPE, slug) from None

    def list(self, application: str, cursor: str | None, limit: int) -> Page[EventType]:
        listing = keys.event_types(self._tenant, application)
        return listings.page(self._table, [listing], cursor, limit, _event_type)


class DynamoTemplates:
    def __init__(self, tenant: str, table: Table) -> None:
        self._tenant = tenant
        self._table = table

    def for_event(self, event: EventType) -> Sequence[Template]:
        rows = self._table.query(keys.templates(self._tenant, event.application, event.slug))
        return [codecs.load(Template, str(item["data"])) for item in rows.items]

    def save(self, template: Template) -> None:
        item = {**_template_key(self._tenant, template)._asdict(), "data": codecs.dump(template)}
        self._table.write(Put(item))

    def remove(self, template: Template) -> None:
        try:
            self._table.write(Delete(_template_key(self._tenant, template), PRESENT))
        except ConditionFailed:
            raise NotFound(Noun.TEMPLATE, f"{template.medium}/{template.locale}") from None

    def of_application(self, application: str) -> Sequence[Template]:
        rows = self._table.query(keys.all_templates(self._tenant, application))
        return [codecs.load(Template, str(item["data"])) for item in rows.items]


def _event_type(item: Item) -> EventType:
    return codecs.load(EventType, str(item["data"]))


def _template_key(tenant: str, t: Template) -> keys.Key:
    return keys.template(tenant, t.application, t.event, t.place)
