"""Stores that remember for a minute what every call reads.

A change is in effect within 60 seconds everywhere, and at once in the process that made it. An
absence is never remembered. A tenant's stores have caches of their own, so no key names the tenant.
"""

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from threading import Lock

from cachetools import TTLCache

from carillon.domain.audience.contexts import Context
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import Template
from carillon.domain.integrations.integrations import Integration
from carillon.domain.subscriptions.subscriptions import Subscription
from carillon.domain.tenancy.access import ApiKey, Tenant
from carillon.ports.audience import Contexts
from carillon.ports.catalogue import EventTypes, Templates
from carillon.ports.integrations import Integrations
from carillon.ports.subscriptions import Subscriptions
from carillon.ports.tenancy import ApiKeyDirectory, ApiKeys, Tenants

KNOWN_FOR = 60  # seconds
_MOST = 2_000  # entries of one cache, so that a process with many tenants stays small


class Cache[V]:
    """Values by key for all threads of a process, each kept for some seconds.

    The clock is the wall's: it goes on while Lambda freezes the process, which time.monotonic does
    not.
    """

    def __init__(
        self, *, seconds: float = KNOWN_FOR, clock: Callable[[], float] = time.time
    ) -> None:
        self._entries: TTLCache[Hashable, V, float] = TTLCache(_MOST, seconds, clock)
        self._lock = Lock()  # reading an entry reorders them

    def get(self, key: Hashable) -> V | None:
        with self._lock:
            return self._entries.get(key)

    def put(self, key: Hashable, value: V) -> None:
        with self._lock:
            self._entries[key] = value

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def get_or_read(self, key: Hashable, read: Callable[[], V]) -> V:
        """Return the value known by the key, or read and remember it unless it is None."""
        known = self.get(key)
        if known is not None:
            return known
        found = read()
        if found is not None:
            self.put(key, found)
        return found

    def remembering[**P](
        self, read: Callable[P, V], key: Callable[P, Hashable] | None = None
    ) -> Callable[P, V]:
        """Make a read that asks once for the same arguments, or for the same `key` of them."""

        def remembered(*args: P.args, **kwargs: P.kwargs) -> V:
            place = key(*args, **kwargs) if key else (*args, *kwargs.items())
            return self.get_or_read(place, lambda: read(*args, **kwargs))

        return remembered

    def remembering_each[*Scope](
        self, read_many: Callable[[*Scope, Sequence[str]], Mapping[str, V]]
    ) -> Callable[[*Scope, Sequence[str]], Mapping[str, V]]:
        """Make a read of many ids that asks, in one call, for those not known."""

        def remembered(*args: *tuple[*Scope, Sequence[str]]) -> Mapping[str, V]:
            scope, ids = args[:-1], args[-1]
            known = {id: self.get((*scope, id)) for id in ids}
            found = {id: value for id, value in known.items() if value is not None}
            if missing := [id for id in known if id not in found]:
                read = read_many(*scope, missing)
                for id, value in read.items():
                    self.put((*scope, id), value)
                found.update(read)
            return found

        return remembered

    def forgetting[**P, R](self, write: Callable[P, R]) -> Callable[P, R]:
        """Make a write that empties the cache, even when it fails: it may have happened."""

        def forgotten(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return write(*args, **kwargs)
            finally:
                self.clear()

        return forgotten


class CachedTenants:
    def __init__(self, store: Tenants) -> None:
        cache = Cache[Tenant]()
        self.get = cache.remembering(store.get)
        self.save = cache.forgetting(store.save)
        self.bury = cache.forgetting(store.bury)
        self.add, self.list = store.add, store.list


class CachedApiKeyDirectory:
    def __init__(self, store: ApiKeyDirectory) -> None:
        self.cache = Cache[ApiKey | None]()
        self.find = self.cache.remembering(store.find)


class CachedApiKeys:
    """A revoked key is forgotten at once in the process that revoked it."""

    def __init__(self, store: ApiKeys, found: Cache[ApiKey | None]) -> None:
        self.remove = found.forgetting(store.remove)
        self.add, self.list = store.add, store.list


class CachedEventTypes:
    """`get` reads the store: who changes an event type needs its version of now."""

    def __init__(self, store: EventTypes) -> None:
        cache = Cache[EventType]()
        self.get_many = cache.remembering_each(store.get_many)
        self.save = cache.forgetting(store.save)
        self.remove = cache.forgetting(store.remove)
        self.get, self.list = store.get, store.list


class CachedTemplates:
    def __init__(self, store: Templates) -> None:
        cache = Cache[Sequence[Template]]()

        def version(event: EventType) -> Hashable:
            # A type that was removed and made again counts its versions anew.
            return event.application, event.slug, event.created_at, event.version

        self.for_event = cache.remembering(store.for_event, key=version)
        self.save = cache.forgetting(store.save)
        self.remove = cache.forgetting(store.remove)
        self.of_application = store.of_application


class CachedIntegrations:
    """`get` reads the store: who changes an integration needs it as it is now."""

    def __init__(self, store: Integrations) -> None:
        self._store = store
        self._cache = cache = Cache[Sequence[Integration]]()
        self.save = cache.forgetting(store.save)
        self.switch = cache.forgetting(store.switch)
        self.remove = cache.forgetting(store.remove)
        self.get = store.get

    def all(self, *, now: bool = False) -> Sequence[Integration]:
        if not now:
            return self._cache.get_or_read(None, self._store.all)
        found = self._store.all()
        self._cache.put(None, found)
        return found


class CachedContexts:
    def __init__(self, store: Contexts) -> None:
        cache = Cache[Context]()
        self.get_many = cache.remembering_each(store.get_many)
        self.save = cache.forgetting(store.save)
        self.remove = cache.forgetting(store.remove)
        self.add, self.list = store.add, store.list


class CachedSubscriptions:
    def __init__(self, store: Subscriptions) -> None:
        cache = Cache[Sequence[Subscription]]()
        self.for_event = cache.remembering(store.for_event)
        self.save = cache.forgetting(store.save)
        self.remove = cache.forgetting(store.remove)
        self.get, self.list = store.get, store.list
