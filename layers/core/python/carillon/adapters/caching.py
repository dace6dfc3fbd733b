"""Stores that remember what every call reads.

A change is in effect for every event that is accepted after the change was answered: whoever writes
a part of a tenant's configuration renews its version, and workers compare the version before each
job and chunk. An absence is never remembered. A tenant's stores have caches of their own, so no key
names the tenant.
"""

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Protocol

from cachetools import TTLCache

from carillon.domain.audience.contexts import Context
from carillon.domain.base.errors import NotFound
from carillon.domain.base.terms import Noun
from carillon.domain.catalogue.applications import Application
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import Template
from carillon.domain.integrations.integrations import Integration
from carillon.domain.subscriptions.subscriptions import Subscription
from carillon.domain.tenancy.access import ApiKey, Tenant
from carillon.ports.audience import Contexts
from carillon.ports.base import Clock
from carillon.ports.catalogue import Applications, EventTypes, Templates
from carillon.ports.integrations import Integrations
from carillon.ports.subscriptions import Subscriptions
from carillon.ports.tenancy import ApiKeyDirectory, ApiKeys

KNOWN_FOR = 60  # seconds, should a writer die before it has renewed the version
BELIEVED_FOR = timedelta(seconds=5)  # how long a key, or a version, is believed without asking
_CLOCKS_DIFFER = timedelta(seconds=0.1)  # between two functions of AWS Lambda, at most
_MOST = 2_000  # entries of one cache, so that a process with many tenants stays small


class Record(Protocol):
    """A tenant's record as a store keeps it."""

    tenant: str

    def read(self) -> tuple[Tenant | None, str]: ...
    def renew(self) -> None: ...


class Cache[V]:
    """Values by key for all threads of a process, each kept for some seconds.

    The clock is the wall's: it goes on while Lambda freezes the process, which time.monotonic does
    not.
    """

    def __init__(
        self,
        *,
        seconds: float = KNOWN_FOR,
        clock: Callable[[], float] = time.time,
        wrote: Callable[[], None] | None = None,
    ) -> None:
        """Keep nothing where `seconds` is 0. `wrote` is called after each write (`forgetting`)."""
        self._wrote = wrote
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

    def forgetting[**P, R](self, write: Callable[P, R], *, quietly: bool = False) -> Callable[P, R]:
        """Make a write that empties the cache, even when it fails: it may have happened.

        One that is made quietly is forgotten in this process alone.
        """

        def forgotten(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                done = write(*args, **kwargs)
            finally:
                self.clear()
            if self._wrote and not quietly:
                self._wrote()
            return done

        return forgotten


class Configuration:
    """What a process remembers of one tenant's configuration, as of the version it read last.

    Each process that writes a part of the configuration renews the version. The version comes with
    the tenant's record, so one read tells both. Its clock is the wall's, as Lambda freezes
    processes for hours.
    """

    def __init__(self, record: Record, clock: Clock, *, remembers: bool) -> None:
        self._record = record
        self._clock = clock
        self._seconds = KNOWN_FOR if remembers else 0.0
        self._caches: list[Cache[Any]] = []
        self._lock = Lock()
        self._checked: datetime | None = None
        self._tenant: Tenant | None = None
        self._version: str | None = None

    def cache[V](self) -> Cache[V]:
        """Make a cache that is emptied when the version has changed."""
        made = Cache[V](seconds=self._seconds, wrote=self._record.renew)
        self._caches.append(made)
        return made

    def get(self) -> Tenant:
        self._refresh(None)
        if self._tenant is None:
            raise NotFound(Noun.TENANT, self._record.tenant)
        return self._tenant

    def refresh(self, *, since: datetime) -> bool:
        return self._refresh(since)

    def _refresh(self, since: datetime | None) -> bool:
        with self._lock:
            now = self._clock.now()
            if self._is_known(now, since):
                return False
            tenant, version = self._record.read()
            changed = version != self._version
            self._tenant, self._version, self._checked = tenant, version, now
        if changed:
            for cache in self._caches:
                cache.clear()
        return changed

    def _is_known(self, now: datetime, since: datetime | None) -> bool:
        if self._checked is None or not self._seconds:
            return False
        if not timedelta(0) <= now - self._checked < BELIEVED_FOR:
            return False
        return since is None or self._checked > since + _CLOCKS_DIFFER


class CachedApiKeyDirectory:
    def __init__(self, store: ApiKeyDirectory, *, remembers: bool) -> None:
        seconds = BELIEVED_FOR.total_seconds() if remembers else 0
        self.cache = Cache[ApiKey | None](seconds=seconds)
        self.find = self.cache.remembering(store.find)


class CachedApiKeys:
    """A revoked key is forgotten at once in the process that revoked it, in 5 seconds elsewhere."""

    def __init__(self, store: ApiKeys, found: Cache[ApiKey | None]) -> None:
        self.remove = found.forgetting(store.remove)
        self.add, self.list = store.add, store.list


class CachedApplications:
    """Remembers nothing, but a change of an application changes its event types."""

    def __init__(self, store: Applications, configuration: Configuration) -> None:
        cache: Cache[Application] = configuration.cache()
        self.add = cache.forgetting(store.add)
        self.save = cache.forgetting(store.save)
        self.remove = cache.forgetting(store.remove)
        self.get, self.list = store.get, store.list


class CachedEventTypes:
    """`get` reads the store: a change of an event type needs its version of now."""

    def __init__(self, store: EventTypes, configuration: Configuration) -> None:
        cache: Cache[EventType] = configuration.cache()
        self.get_many = cache.remembering_each(store.get_many)
        self.add = cache.forgetting(store.add)
        self.save = cache.forgetting(store.save)
        self.remove = cache.forgetting(store.remove)
        self.get, self.list = store.get, store.list


class CachedTemplates:
    def __init__(self, store: Templates, configuration: Configuration) -> None:
        cache: Cache[Sequence[Template]] = configuration.cache()

        def version(event: EventType) -> Hashable:
            # A type that was removed and made again counts its versions anew.
            return event.application, event.slug, event.created_at, event.version

        self.for_event = cache.remembering(store.for_event, key=version)
        self.of_application = store.of_application


class CachedIntegrations:
    """`get` reads the store: a change of an integration needs it as it is now.

    A circuit that is switched is no change of the configuration: it is forgotten here alone.
    """

    def __init__(self, store: Integrations, configuration: Configuration) -> None:
        self._store = store
        cache: Cache[Sequence[Integration]] = configuration.cache()
        self._cache = cache
        self.save = cache.forgetting(store.save)
        self.remove = cache.forgetting(store.remove)
        self.switch = cache.forgetting(store.switch, quietly=True)
        self.get = store.get

    def all(self, *, now: bool = False) -> Sequence[Integration]:
        if not now:
            return self._cache.get_or_read(None, self._store.all)
        found = self._store.all()
        self._cache.put(None, found)
        return found


class CachedContexts:
    def __init__(self, store: Contexts, configuration: Configuration) -> None:
        cache: Cache[Context] = configuration.cache()
        self.get_many = cache.remembering_each(store.get_many)
        self.save = cache.forgetting(store.save)
        self.rename = cache.forgetting(store.rename)
        self.remove = cache.forgetting(store.remove)
        self.add, self.list = store.add, store.list  # an absence is never remembered


class CachedSubscriptions:
    def __init__(self, store: Subscriptions, configuration: Configuration) -> None:
        cache: Cache[Sequence[Subscription]] = configuration.cache()
        self.for_event = cache.remembering(store.for_event)
        self.save = cache.forgetting(store.save)
        self.remove = cache.forgetting(store.remove)
        self.get, self.list = store.get, store.list
