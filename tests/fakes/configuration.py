"""In memory: tenants, their keys, and what they have configured."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from carillon.domain.audience.contexts import Context
from carillon.domain.base.errors import Conflict, NotFound
from carillon.domain.base.paging import Page
from carillon.domain.base.terms import Noun
from carillon.domain.catalogue.applications import Application, project_of, within
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import Template, TemplateKey
from carillon.domain.integrations.integrations import Circuit, Integration
from carillon.domain.tenancy.access import ApiKey, Tenant
from carillon.ports import integrations as ports
from tests.fakes.paging import page


class Tenants:
    def __init__(self, *tenants: Tenant) -> None:
        self.by_id = {tenant.id: tenant for tenant in tenants}
        self.buried: set[str] = set()

    def get(self, id: str) -> Tenant:
        if id not in self.by_id:
            raise NotFound(Noun.TENANT, id)
        return self.by_id[id]

    def add(self, tenant: Tenant) -> None:
        if tenant.id in self.by_id or tenant.id in self.buried:
            raise Conflict(f"Tenant {tenant.id!r} exists already, or existed")
        self.by_id[tenant.id] = tenant

    def save(self, tenant: Tenant, *, before: Tenant | None = None) -> None:
        stored = self.get(tenant.id)
        deleting = stored.deleting_since and not tenant.deleting_since
        if deleting or (before and replace(before, erased_at=stored.erased_at) != stored):
            raise Conflict(f"Tenant {tenant.id!r} was changed or deleted meanwhile")
        self.by_id[tenant.id] = tenant

    def bury(self, id: str) -> None:
        self.by_id.pop(id, None)
        self.buried.add(id)

    def list(self, cursor: str | None, limit: int) -> Page[Tenant]:
        return page("tenants", self.by_id, cursor, limit)


class ApiKeys:
    def __init__(self, *keys: ApiKey) -> None:
        self.by_id = {key.id: key for key in keys}

    def find(self, id: str) -> ApiKey | None:
        return self.by_id.get(id)

    def add(self, key: ApiKey) -> None:
        if key.id in self.by_id:
            raise Conflict(f"API key {key.id!r} exists already")
        self.by_id[key.id] = key

    def remove(self, tenant: str, id: str) -> None:
        key = self.by_id.get(id)
        if key is None or key.tenant != tenant:
            raise NotFound(Noun.API_KEY, id)
        del self.by_id[id]

    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[ApiKey]:
        own = {id: key for id, key in self.by_id.items() if key.tenant == tenant}
        return page(f"{tenant} keys", own, cursor, limit)


class Applications:
    def __init__(self) -> None:
        self.by_tenant: dict[str, dict[str, Application]] = defaultdict(dict)

    def get(self, tenant: str, path: str) -> Application:
        if path not in self.by_tenant[tenant]:
            raise NotFound(Noun.APPLICATION, path)
        return self.by_tenant[tenant][path]

    def add(self, tenant: str, application: Application) -> None:
        if application.path in self.by_tenant[tenant]:
            raise Conflict(f"Application {application.path!r} exists already")
        self.by_tenant[tenant][application.path] = application

    def save(self, tenant: str, application: Application) -> None:
        self.by_tenant[tenant][application.path] = application

    def remove(self, tenant: str, path: str) -> None:
        self.get(tenant, path)
        del self.by_tenant[tenant][path]

    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Application]:
        return page(f"{tenant} applications", self.by_tenant[tenant], cursor, limit)


class EventTypes:
    def __init__(self, applications: Applications | None = None) -> None:
        self.applications = applications or Applications()
        self.by_application: dict[tuple[str, str], dict[str, EventType]] = defaultdict(dict)

    def get(self, tenant: str, application: str, slug: str) -> EventType:
        own = self.by_application[tenant, application]
        if slug not in own:
            raise NotFound(Noun.EVENT_TYPE, slug)
        return own[slug]

    def get_many(
        self, tenant: str, application: str, slugs: Sequence[str]
    ) -> Mapping[str, EventType]:
        own = self.by_application[tenant, application]
        places = self.applications.by_tenant[tenant]
        paths = (project_of(application), application)
        around = [places[path] for path in paths if path in places]
        return {slug: within(own[slug], around) for slug in dict.fromkeys(slugs) if slug in own}

    def save(self, tenant: str, event: EventType, *, expected: int | None) -> None:
        own = self.by_application[tenant, event.application]
        stored = own[event.slug].version if event.slug in own else None
        if stored != expected:
            raise Conflict(f"Event type {event.slug!r} has changed since it was read")
        own[event.slug] = event

    def remove(self, tenant: str, application: str, slug: str) -> None:
        self.get(tenant, application, slug)
        del self.by_application[tenant, application][slug]

    def list(
        self, tenant: str, application: str, cursor: str | None, limit: int
    ) -> Page[EventType]:
        own = self.by_application[tenant, application]
        return page(f"{tenant} {application} events", own, cursor, limit)


class Templates:
    def __init__(self) -> None:
        self.by_tenant: dict[str, dict[tuple[str, str, TemplateKey], Template]] = defaultdict(dict)

    def for_event(self, tenant: str, event: EventType) -> Sequence[Template]:
        of_event = (event.application, event.slug)
        own = self.by_tenant[tenant]
        return [own[place] for place in sorted(own) if place[:2] == of_event]

    def save(self, tenant: str, template: Template) -> None:
        self.by_tenant[tenant][_place(template)] = template

    def remove(self, tenant: str, template: Template) -> None:
        if self.by_tenant[tenant].pop(_place(template), None) is None:
            raise NotFound(Noun.TEMPLATE, f"{template.medium}/{template.locale}")

    def of_application(self, tenant: str, application: str) -> Sequence[Template]:
        own = self.by_tenant[tenant]
        return [own[place] for place in sorted(own) if place[0] == application]


class Integrations:
    def __init__(self) -> None:
        self.by_tenant: dict[str, dict[str, Integration]] = defaultdict(dict)

    def all(self, tenant: str, *, now: bool = False) -> Sequence[Integration]:
        own = self.by_tenant[tenant]
        return [own[id] for id in sorted(own)]

    def get(self, tenant: str, id: str) -> Integration:
        if id not in self.by_tenant[tenant]:
            raise NotFound(Noun.INTEGRATION, id)
        return self.by_tenant[tenant][id]

    def save(self, tenant: str, integration: Integration) -> None:
        self.by_tenant[tenant][integration.id] = replace(integration, circuit=None)

    def switch(self, tenant: str, integration: Integration, circuit: Circuit | None) -> bool:
        stored = self.by_tenant[tenant].get(integration.id)
        read = (integration.version, integration.circuit)
        if stored is None or (stored.version, stored.circuit) != read:
            return False
        self.by_tenant[tenant][integration.id] = replace(stored, circuit=circuit)
        return True

    def remove(self, tenant: str, id: str) -> None:
        self.get(tenant, id)
        del self.by_tenant[tenant][id]


class Contexts:
    def __init__(self) -> None:
        self.by_tenant: dict[str, dict[str, Context]] = defaultdict(dict)

    def get_many(self, tenant: str, identifiers: Sequence[str]) -> Mapping[str, Context]:
        own = self.by_tenant[tenant]
        return {id: own[id] for id in dict.fromkeys(identifiers) if id in own}

    def add(self, tenant: str, context: Context) -> None:
        if context.identifier in self.by_tenant[tenant]:
            raise Conflict(f"A context {context.identifier!r} exists already")
        self.save(tenant, context)

    def save(self, tenant: str, context: Context) -> None:
        self.by_tenant[tenant][context.identifier] = context

    def remove(self, tenant: str, identifier: str) -> None:
        if self.by_tenant[tenant].pop(identifier, None) is None:
            raise NotFound(Noun.CONTEXT, identifier)

    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Context]:
        return page(f"{tenant} contexts", self.by_tenant[tenant], cursor, limit)


def _place(template: Template) -> tuple[str, str, TemplateKey]:
    return template.application, template.event, template.place


class WarmIntegrations:
    """A tenant's integrations as a process remembers them that has read them before."""

    def __init__(self, store: ports.Integrations) -> None:
        self._store = store
        self._remembered = store.all()
        self.get, self.save, self.remove = store.get, store.save, store.remove
        self.switch = store.switch

    def all(self, *, now: bool = False) -> Sequence[Integration]:
        return self._store.all() if now else self._remembered
