"""Stores that remember for a minute what is read on every call.

So a change of a key, an event type or a template is in effect everywhere within 60 seconds, and at
once in the process that made it. That something is absent is never remembered.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from threading import Lock

from carillon.domain.audience.contexts import Context
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import Template
from carillon.domain.integrations.integrations import Circuit, Integration
from carillon.domain.subscriptions.subscriptions import Subscription
from carillon.domain.tenancy.access import ApiKey, Tenant
from carillon.ports.audience import Contexts
from carillon.ports.catalogue import EventTypes, Templates
from carillon.ports.integrations import Integrations
from carillon.ports.subscriptions import Subscriptions
from carillon.ports.tenancy import ApiKeys, Tenants

KNOWN_FOR = 60  # seconds
_MOST = 2_000  # entries of one cache, so that a process with many tenants stays small


class Expiring[K, V]:
    def __init__(
        self, clock: Callable[[], float] = time.monotonic, *, seconds: float = KNOWN_FOR
    ) -> None:
        self._clock = clock
        self._seconds = seconds
        self._entries: dict[K, tuple[float, V]] = {}
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        found = self._entries.get(key)
        return found[1] if found and found[0] > self._clock() else None

    def put(self, key: K, value: V) -> None:
        with self._lock:
            self._entries.pop(key, None)
            if len(self._entries) >= _MOST:
                del self._entries[next(iter(self._entries))]  # the oldest
            self._entries[key] = (self._clock() + self._seconds, value)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def or_ask(self, key: K, ask: Callable[[], V]) -> V:
        found = self.get(key)
        if found is None:
            found = ask()
            self.put(key, found)
        return found


def _many[V](
    cache: Expiring[tuple[str, ...], V],
    scope: tuple[str, ...],
    ids: Sequence[str],
    ask: Callable[[Sequence[str]], Mapping[str, V]],
) -> Mapping[str, V]:
    """What is remembered, and one question for the rest."""
    remembered = {id: cache.get((*scope, id)) for id in ids}
    found = {id: value for id, value in remembered.items() if value is not None}
    missing = [id for id in remembered if id not in found]
    if missing:
        asked = ask(missing)
        for id, value in asked.items():
            cache.put((*scope, id), value)
        found.update(asked)
    return found


class CachedTenants:
    def __init__(self, store: Tenants) -> None:
        self._store = store
        self._cache: Expiring[str, Tenant] = Expiring()
        self.add = store.add
        self.list = store.list

    def get(self, id: str) -> Tenant:
        return self._cache.or_ask(id, lambda: self._store.get(id))

    def save(self, tenant: Tenant) -> None:
        self._store.save(tenant)
        self._cache.clear()

    def bury(self, id: str) -> None:
        self._store.bury(id)
        self._cache.clear()


class CachedApiKeys:
    def __init__(self, store: ApiKeys) -> None:
        self._store = store
        self._cache: Expiring[str, ApiKey] = Expiring()
        self.add = store.add
        self.list = store.list

    def find(self, id: str) -> ApiKey | None:
        found = self._cache.get(id)
        if found is None and (found := self._store.find(id)) is not None:
            self._cache.put(id, found)
        return found

    def remove(self, tenant: str, id: str) -> None:
        self._store.remove(tenant, id)
        self._cache.clear()


class CachedEventTypes:
    """`get` asks the store: who changes an event type must know its version now."""

    def __init__(self, store: EventTypes) -> None:
        self._store = store
        self._cache: Expiring[tuple[str, ...], EventType] = Expiring()
        self.get = store.get
        self.list = store.list

    def get_many(
        self, tenant: str, application: str, slugs: Sequence[str]
    ) -> Mapping[str, EventType]:
        def ask(missing: Sequence[str]) -> Mapping[str, EventType]:
            return self._store.get_many(tenant, application, missing)

        return _many(self._cache, (tenant, application), slugs, ask)

    def save(self, tenant: str, event: EventType, *, expected: int | None) -> None:
        self._store.save(tenant, event, expected=expected)
        self._cache.clear()

    def remove(self, tenant: str, application: str, slug: str) -> None:
        self._store.remove(tenant, application, slug)
        self._cache.clear()


class CachedTemplates:
    def __init__(self, store: Templates) -> None:
        self._store = store
        self._cache: Expiring[tuple[object, ...], Sequence[Template]] = Expiring()
        self.of_application = store.of_application

    def for_event(self, tenant: str, event: EventType) -> Sequence[Template]:
        # A type that was removed and made again counts its versions anew.
        key = (tenant, event.application, event.slug, event.created_at, event.version)
        return self._cache.or_ask(key, lambda: self._store.for_event(tenant, event))

    def save(self, tenant: str, template: Template) -> None:
        self._store.save(tenant, template)
        self._cache.clear()

    def remove(self, tenant: str, template: Template) -> None:
        self._store.remove(tenant, template)
        self._cache.clear()


class CachedIntegrations:
    """`get` asks the store, for who changes an integration."""

    def __init__(self, store: Integrations) -> None:
        self._store = store
        self._cache: Expiring[str, Sequence[Integration]] = Expiring()
        self.get = store.get

    def all(self, tenant: str, *, now: bool = False) -> Sequence[Integration]:
        if not now:
            return self._cache.or_ask(tenant, lambda: self._store.all(tenant))
        found = self._store.all(tenant)
        self._cache.put(tenant, found)
        return found

    def save(self, tenant: str, integration: Integration) -> None:
        self._store.save(tenant, integration)
        self._cache.clear()

    def switch(self, tenant: str, integration: Integration, circuit: Circuit | None) -> bool:
        done = self._store.switch(tenant, integration, circuit)
        self._cache.clear()
        return done

    def remove(self, tenant: str, id: str) -> None:
        self._store.remove(tenant, id)
        self._cache.clear()


class CachedContexts:
    def __init__(self, store: Contexts) -> None:
        self._store = store
        self._cache: Expiring[tuple[str, ...], Context] = Expiring()
        self.add = store.add  # that something is absent was never remembered
        self.list = store.list

    def get_many(self, tenant: str, identifiers: Sequence[str]) -> Mapping[str, Context]:
        def ask(missing: Sequence[str]) -> Mapping[str, Context]:
            return self._store.get_many(tenant, missing)

        return _many(self._cache, (tenant,), identifiers, ask)

    def save(self, tenant: str, context: Context) -> None:
        self._store.save(tenant, context)
        self._cache.clear()

    def remove(self, tenant: str, identifier: str) -> None:
        self._store.remove(tenant, identifier)
        self._cache.clear()


class CachedSubscriptions:
    def __init__(self, store: Subscriptions) -> None:
        self._store = store
        self._cache: Expiring[tuple[str, str, str], Sequence[Subscription]] = Expiring()
        self.get = store.get
        self.list = store.list

    def for_event(self, tenant: str, application: str, event: str) -> Sequence[Subscription]:
        key = (tenant, application, event)
        return self._cache.or_ask(key, lambda: self._store.for_event(*key))

    def save(self, tenant: str, subscription: Subscription) -> None:
        self._store.save(tenant, subscription)
        self._cache.clear()

    def remove(self, tenant: str, id: str) -> None:
        self._store.remove(tenant, id)
        self._cache.clear()
