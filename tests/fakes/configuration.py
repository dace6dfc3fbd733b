"""In memory: tenants, their keys, and what they have configured."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from carillon.domain.audience.contexts import Context
from carillon.domain.base.errors import Changed, Conflict, NotFound
from carillon.domain.base.guards import Seen
from carillon.domain.base.paging import Page
from carillon.domain.base.terms import Noun
from carillon.domain.catalogue.applications import Application, project_of, within
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import Template, TemplateKey
from carillon.domain.integrations.integrations import Circuit, Integration
from carillon.domain.tenancy.access import ApiKey, Tenant
from carillon.ports import integrations as ports
from tests.fakes.guards import Guards, check_follows
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

    def save(self, tenant: Tenant) -> None:
        stored = self.by_id.get(tenant.id)
        if stored is None or (stored.deleting_since and not tenant.deleting_since):
            raise Changed(tenant.id)
        check_follows(tenant.version, stored, tenant.id)
        self.by_id[tenant.id] = replace(tenant, erased_at=stored.erased_at)

    def put(self, tenant: Tenant) -> None:
        """Store a tenant as it is, for a test to begin with."""
        self.by_id[tenant.id] = tenant

    def bury(self, id: str) -> None:
        self.by_id.pop(id, None)
        self.buried.add(id)

    def list(self, cursor: str | None, limit: int) -> Page[Tenant]:
        return page("tenants", self.by_id, cursor, limit)


class ApiKeys:
    def __init__(self, *keys: ApiKey, guards: Guards | None = None) -> None:
        self.by_id = {key.id: key for key in keys}
        self.guards = guards or Guards()

    def find(self, id: str) -> ApiKey | None:
        return self.by_id.get(id)

    def add(self, key: ApiKey, *, seen: Seen | None = None) -> None:
        if key.id in self.by_id:
            raise Conflict(f"API key {key.id!r} exists already")
        self.guards.check(key.tenant, seen)
        self.by_id[key.id] = key
        self.guards.move(key.tenant, seen)

    def remove(self, tenant: str, id: str) -> None:
        key = self.by_id.get(id)
        if key is None or key.tenant != tenant:
            raise NotFound(Noun.API_KEY, id)
        del self.by_id[id]

    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[ApiKey]:
        own = {id: key for id, key in self.by_id.items() if key.tenant == tenant}
        return page(f"{tenant} keys", own, cursor, limit)


class Applications:
    def __init__(self, guards: Guards | None = None) -> None:
        self.by_tenant: dict[str, dict[str, Application]] = defaultdict(dict)
        self.guards = guards or Guards()

    def get(self, tenant: str, path: str) -> Application:
        if path not in self.by_tenant[tenant]:
            raise NotFound(Noun.APPLICATION, path)
        return self.by_tenant[tenant][path]

    def add(self, tenant: str, application: Application, *, seen: Seen | None = None) -> None:
        if application.path in self.by_tenant[tenant]:
            raise Conflict(f"Application {application.path!r} exists already")
        self.guards.check(tenant, seen)
        self.by_tenant[tenant][application.path] = application
        self.guards.move(tenant, seen)

    def save(self, tenant: str, application: Application) -> None:
        stored = self.by_tenant[tenant].get(application.path)
        check_follows(application.version, stored, application.path)
        self.by_tenant[tenant][application.path] = application

    def put(self, tenant: str, application: Application) -> None:
        self.by_tenant[tenant][application.path] = application

    def remove(self, tenant: str, path: str, *, seen: Seen | None = None) -> None:
        self.get(tenant, path)
        self.guards.check(tenant, seen)
        del self.by_tenant[tenant][path]
        self.guards.move(tenant, seen)

    def list(self, tenant: str, cursor: str | None, limit: int) -> Page[Application]:
        return page(f"{tenant} applications", self.by_tenant[tenant], cursor, limit)


class EventTypes:
    def __init__(
        self,
        applications: Applications | None = None,
        templates: "Templates | None" = None,
        guards: Guards | None = None,
    ) -> None:
        self.applications = applications or Applications()
        self.templates = templates or Templates()
        self.guards = guards or Guards()
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

    def add(
        self,
        tenant: str,
        event: EventType,
        *,
        templates: Sequence[Template] = (),
        seen: Seen | None = None,
    ) -> None:
        own = self.by_application[tenant, event.application]
        if event.slug in own:
            raise Conflict(f"Event type {event.slug!r} exists already")
        self.guards.check(tenant, seen)
        own[event.slug] = event
        for template in templates:
            self.templates.put(tenant, template)
        self.guards.move(tenant, seen)

    def save(
        self,
        tenant: str,
        event: EventType,
        *,
        expected: int | None,
        templates: Sequence[Template] = (),
        removed: Sequence[Template] = (),
    ) -> None:
        if expected is None:
            return self.add(tenant, event, templates=templates)
        own = self.by_application[tenant, event.application]
        if event.slug not in own or own[event.slug].version != expected:
            raise Changed(event.slug)
        own[event.slug] = event
        for template in removed:
            self.templates.by_tenant[tenant].pop(_place(template), None)
        for template in templates:
            self.templates.put(tenant, template)
        return None

    def remove(
        self,
        tenant: str,
        application: str,
        slug: str,
        *,
        version: int | None = None,
        seen: Seen | None = None,
    ) -> None:
        stored = self.get(tenant, application, slug)
        if version not in {None, stored.version}:
            raise Changed(slug)
        self.guards.check(tenant, seen)
        del self.by_application[tenant, application][slug]
        self.guards.move(tenant, seen)

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

    def put(self, tenant: str, template: Template) -> None:
        self.by_tenant[tenant][_place(template)] = template

    def remove(self, tenant: str, template: Template) -> None:
        if self.by_tenant[tenant].pop(_place(template), None) is None:
            raise NotFound(Noun.TEMPLATE, f"{template.medium}/{template.locale}")

    def of_application(self, tenant: str, application: str) -> Sequence[Template]:
        own = self.by_tenant[tenant]
        return [own[place] for place in sorted(own) if place[0] == application]


class Integrations:
    def __init__(self, guards: Guards | None = None) -> None:
        self.by_tenant: dict[str, dict[str, Integration]] = defaultdict(dict)
        self.guards = guards or Guards()

    def all(self, tenant: str, *, now: bool = False) -> Sequence[Integration]:
        own = self.by_tenant[tenant]
        return [own[id] for id in sorted(own)]

    def get(self, tenant: str, id: str) -> Integration:
        if id not in self.by_tenant[tenant]:
            raise NotFound(Noun.INTEGRATION, id)
        return self.by_tenant[tenant][id]

    def save(
        self,
        tenant: str,
        integration: Integration,
        *,
        others: Sequence[Integration] = (),
        seen: Seen | None = None,
    ) -> None:
        self.check(tenant, integration, *others)
        self.guards.check(tenant, seen)
        self.put(tenant, integration, *others)
        self.guards.move(tenant, seen)

    def check(self, tenant: str, *integrations: Integration) -> None:
        for one in integrations:
            stored = self.by_tenant[tenant].get(one.id)
            check_follows(one.version, stored, one.identifier)

    def put(self, tenant: str, *integrations: Integration) -> None:
        for one in integrations:
            self.by_tenant[tenant][one.id] = replace(one, circuit=None)

    def switch(self, tenant: str, integration: Integration, circuit: Circuit | None) -> bool:
        stored = self.by_tenant[tenant].get(integration.id)
        read = (integration.version, integration.circuit)
        if stored is None or (stored.version, stored.circuit) != read:
            return False
        self.by_tenant[tenant][integration.id] = replace(stored, circuit=circuit)
        return True

    def remove(
        self,
        tenant: str,
        id: str,
        *,
        version: int | None = None,
        heir: Integration | None = None,
        seen: Sequence[Seen] = (),
    ) -> None:
        stored = self.get(tenant, id)
        if version not in {None, stored.version}:
            raise Changed(id)
        heirs = [heir] if heir else []
        self.check(tenant, *heirs)
        self.guards.check(tenant, *seen)
        del self.by_tenant[tenant][id]
        self.put(tenant, *heirs)
        self.guards.move(tenant, *seen)


class Contexts:
    def __init__(self) -> None:
        self.by_tenant: dict[str, dict[str, Context]] = defaultdict(dict)

    def get_many(self, tenant: str, identifiers: Sequence[str]) -> Mapping[str, Context]:
        own = self.by_tenant[tenant]
        return {id: own[id] for id in dict.fromkeys(identifiers) if id in own}

    def add(self, tenant: str, context: Context) -> None:
        if context.identifier in self.by_tenant[tenant]:
            raise Conflict(f"A context {context.identifier!r} exists already")
        self.by_tenant[tenant][context.identifier] = context

    def save(self, tenant: str, context: Context) -> None:
        stored = self.by_tenant[tenant].get(context.identifier)
        check_follows(context.version, stored, context.identifier)
        self.by_tenant[tenant][context.identifier] = context

    def put(self, tenant: str, context: Context) -> None:
        self.by_tenant[tenant][context.identifier] = context

    def rename(self, tenant: str, before: Context, after: Context) -> None:
        own = self.by_tenant[tenant]
        if after.identifier in own:
            raise Conflict(f"A context {after.identifier!r} exists already")
        stored = own.get(before.identifier)
        check_follows(before.version + 1, stored, before.identifier)
        del own[before.identifier]
        own[after.identifier] = after

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
