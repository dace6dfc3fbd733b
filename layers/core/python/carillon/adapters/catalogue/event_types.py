"""Event types and their templates in the tenants table."""

from collections.abc import Mapping, Sequence

from carillon.adapters.aws import codecs, guards, keys, listings
from carillon.adapters.aws.conditions import ABSENT, PRESENT, ConditionFailed, still
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.table import Delete, Put, Table
from carillon.adapters.catalogue import applications
from carillon.domain.base.errors import Changed, Conflict, NotFound
from carillon.domain.base.guards import Seen
from carillon.domain.base.paging import Page
from carillon.domain.base.terms import Noun
from carillon.domain.catalogue.applications import project_of, within
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import Template

# Actions of one transaction besides the event type; more removals than that follow it.
_WITH_IT = 99


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

    def add(
        self,
        event: EventType,
        *,
        templates: Sequence[Template] = (),
        seen: Seen | None = None,
    ) -> None:
        actions = [guards.moved(self._tenant, seen)] if seen else []
        actions += [_written(self._tenant, each) for each in templates]
        try:
            self._write(Put(_item(self._tenant, event), ABSENT), *actions)
        except ConditionFailed as failed:
            if failed.first:
                raise Conflict(f"Event type {event.slug!r} exists already") from None
            raise Changed(f"Event type {event.slug!r}") from None

    def save(
        self,
        event: EventType,
        *,
        expected: int | None,
        templates: Sequence[Template] = (),
        removed: Sequence[Template] = (),
    ) -> None:
        if expected is None:
            return self.add(event, templates=templates)
        actions: list[Put | Delete] = [_written(self._tenant, each) for each in templates]
        actions += [Delete(_template_key(self._tenant, each)) for each in removed]
        try:
            new = Put(_item(self._tenant, event), *still(expected))
            self._write(new, *actions[:_WITH_IT])
        except ConditionFailed:
            raise Changed(f"Event type {event.slug!r}") from None
        for each in actions[_WITH_IT:]:
            self._table.write(each)
        return None

    def remove(
        self,
        application: str,
        slug: str,
        *,
        version: int | None = None,
        seen: Seen | None = None,
    ) -> None:
        key = keys.within(keys.event_types(self._tenant, application), slug)
        condition = (PRESENT, {}) if version is None else still(version)
        moved = [guards.moved(self._tenant, seen)] if seen else []
        try:
            self._write(Delete(key, *condition), *moved)
        except ConditionFailed as failed:
            if version is None and failed.first:
                raise NotFound(Noun.EVENT_TYPE, slug) from None
            raise Changed(f"Event type {slug!r}") from None

    def _write(self, first: Put | Delete, *others: Put | Delete) -> None:
        if others:
            self._table.transact(first, *others)
        else:
            self._table.write(first)

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

    def of_application(self, application: str) -> Sequence[Template]:
        rows = self._table.query(keys.all_templates(self._tenant, application))
        return [codecs.load(Template, str(item["data"])) for item in rows.items]


def _event_type(item: Item) -> EventType:
    return codecs.load(EventType, str(item["data"]))


def _item(tenant: str, event: EventType) -> Item:
    key = keys.within(keys.event_types(tenant, event.application), event.slug)
    return {**key._asdict(), "data": codecs.dump(event), "version": event.version}


def _written(tenant: str, template: Template) -> Put:
    return Put({**_template_key(tenant, template)._asdict(), "data": codecs.dump(template)})


def _template_key(tenant: str, t: Template) -> keys.Key:
    return keys.template(tenant, t.application, t.event, t.place)
