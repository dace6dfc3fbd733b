"""What is remembered of the stores, for how long, and what makes it forgotten."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from inspect import signature
from itertools import count
from typing import get_protocol_members

import pytest

from carillon.adapters import caching
from carillon.domain.audience.contexts import Context
from carillon.domain.base.errors import NotFound, Unavailable
from carillon.domain.subscriptions.subscriptions import Target
from carillon.domain.tenancy.access import ApiKey, Tenant
from tests import builders, fakes

TENANT = "acme"
APPLICATION = "default/default"
READS = {
    caching.CachedTenants: ("get", ["a"]),
    caching.CachedEventTypes: ("get_many", [APPLICATION, ["a"]]),
    caching.CachedTemplates: ("for_event", [builders.event_type("a")]),
    caching.CachedIntegrations: ("all", []),
    caching.CachedContexts: ("get_many", [["a"]]),
    caching.CachedSubscriptions: ("for_event", [APPLICATION, "a"]),
}
# `add` makes what was absent, and an absence is not remembered.
OTHER_READS = {"add", "get", "list", "of_application"}
WRITES = [
    (cached, name)
    for cached, (read, _) in READS.items()
    for name in sorted(get_protocol_members(signature(cached).parameters["store"].annotation))
    if name not in OTHER_READS | {read}
]


class Counted:
    """A store whose calls are counted by name."""

    def __init__(self, store):
        self._store = store
        self.calls = []

    def __getattr__(self, name):
        def call(*args, **kwargs):
            self.calls.append(name)
            return getattr(self._store, name)(*args, **kwargs)

        return call


def stores():
    """Return a tenant's stores in memory."""
    return fakes.ports().of(TENANT)


def key_of(id):
    return ApiKey(
        id=id, tenant=TENANT, name="", digest="", scopes=frozenset(), created_at=fakes.START
    )


def context_of(identifier):
    return Context(identifier=identifier, created_at=fakes.START, updated_at=fakes.START)


def test_a_value_is_remembered_for_a_minute():
    now = [0.0]
    cache = caching.Cache(clock=lambda: now[0])
    cache.put("a", 1)

    now[0] = 59.9
    assert cache.get("a") == 1
    now[0] = 60
    assert cache.get("a") is None


def test_its_clock_goes_on_while_the_process_is_frozen():
    assert signature(caching.Cache).parameters["clock"].default is time.time


def test_threads_may_read_write_and_forget_at_once(monkeypatch):
    monkeypatch.setattr(caching, "_MOST", 3)
    cache = caching.Cache(seconds=5, clock=count().__next__)  # each look takes a second

    def use(number):
        for turn in range(500):
            cache.put((number + turn) % 5, turn)
            cache.get(turn % 5)
            if turn % 50 == 0:
                cache.clear()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(8)))

    assert sum(cache.get(number) is not None for number in range(5)) <= 3


def test_a_read_that_finds_nothing_is_asked_again():
    asked = []
    find = caching.Cache().remembering(asked.append)

    assert find("a") is find("a") is None
    assert asked == ["a", "a"]


def test_a_write_that_fails_is_forgotten_like_one_that_succeeds():
    cache = caching.Cache()
    cache.put("a", 1)

    def write():
        raise Unavailable("it may have happened")

    with pytest.raises(Unavailable):
        cache.forgetting(write)()
    assert cache.get("a") is None


def test_the_least_used_gives_way_when_there_are_too_many():
    cache = caching.Cache()
    for number in range(2000):
        cache.put(number, number)
    assert cache.get(0) == 0

    cache.put(2000, 2000)

    assert cache.get(1) is None
    assert cache.get(0) == 0
    assert cache.get(2000) == 2000


@pytest.mark.parametrize(("cached", "write"), WRITES)
def test_every_write_of_every_store_makes_it_read_again(cached, write):
    name, arguments = READS[cached]
    calls = []

    class Store:
        def __getattr__(self, called):
            return lambda *_, **__: calls.append(called) or {"a": "found"}

    store = cached(Store())
    read = getattr(store, name)

    read(*arguments)
    read(*arguments)
    getattr(store, write)()
    read(*arguments)

    assert calls == [name, write, name]


def test_a_tenant_is_read_once_until_it_is_saved():
    tenant = Tenant(id=TENANT, name="", created_at=fakes.START)
    store = Counted(fakes.Tenants(tenant))
    tenants = caching.CachedTenants(store)

    assert tenants.get(TENANT) == tenants.get(TENANT) == tenant
    assert store.calls == ["get"]
    tenants.save(replace(tenant, active=False))
    assert not tenants.get(TENANT).active
    with pytest.raises(NotFound):
        tenants.get("other")


def test_a_key_is_read_once_until_it_is_removed_and_its_absence_every_time():
    world = fakes.ports()
    directory = Counted(world.api_keys)
    found = caching.CachedApiKeyDirectory(directory)
    keys = caching.CachedApiKeys(world.of(TENANT).api_keys, found.cache)

    assert found.find("k") is None
    keys.add(key_of("k"))
    assert found.find("k") == found.find("k") == key_of("k")
    assert directory.calls == ["find", "find"]
    keys.remove("k")
    assert found.find("k") is None
    assert keys.list(None, 5).items == []


def test_only_event_types_that_are_not_remembered_are_read():
    fake = stores().event_types
    store = Counted(fake)
    events = caching.CachedEventTypes(store)
    for slug in "ab":
        events.save(builders.event_type(slug), expected=None)
    store.calls.clear()

    assert set(events.get_many(APPLICATION, ["a"])) == {"a"}
    assert set(events.get_many(APPLICATION, ["a", "b"])) == {"a", "b"}
    assert set(events.get_many(APPLICATION, ["b", "a"])) == {"a", "b"}
    assert store.calls == ["get_many", "get_many"]
    assert events.get_many("shop/orders", ["a"]) == {}


def test_an_event_type_that_is_saved_or_removed_is_forgotten():
    events = caching.CachedEventTypes(stores().event_types)
    events.save(builders.event_type("a"), expected=None)
    events.get_many(APPLICATION, ["a"])

    events.save(builders.event_type("a", version=2), expected=1)
    assert events.get_many(APPLICATION, ["a"])["a"].version == 2
    events.remove(APPLICATION, "a")
    assert events.get_many(APPLICATION, ["a"]) == {}


def test_a_changed_event_type_is_seen_at_once_by_who_changes_it():
    fake = stores().event_types
    events = caching.CachedEventTypes(fake)
    events.save(builders.event_type("a"), expected=None)
    events.get_many(APPLICATION, ["a"])

    fake.save(builders.event_type("a", version=2), expected=1)

    assert events.get(APPLICATION, "a").version == 2


def test_templates_are_read_once_a_version_of_their_event_type():
    store = Counted(stores().templates)
    templates = caching.CachedTemplates(store)
    first, second = builders.event_type("a"), builders.event_type("a", version=2)

    for event in (first, first, second, second):
        templates.for_event(event)
    assert store.calls == ["for_event"] * 2

    templates.save(builders.template("a"))
    assert len(templates.for_event(second)) == 1
    templates.remove(builders.template("a"))
    assert len(templates.for_event(second)) == 0


def test_integrations_are_read_once_until_one_changes():
    store = Counted(stores().integrations)
    integrations = caching.CachedIntegrations(store)

    assert integrations.all() == integrations.all() == []
    assert store.calls == ["all"]
    integrations.save(builders.integration(id="1"))
    assert len(integrations.all()) == 1
    integrations.remove("1")
    assert integrations.all() == []


def test_integrations_made_elsewhere_are_there_when_they_are_wanted_now():
    store = stores().integrations
    integrations = caching.CachedIntegrations(store)
    assert integrations.all() == []
    store.save(builders.integration(id="1"))

    assert integrations.all() == []
    assert len(integrations.all(now=True)) == 1
    assert len(integrations.all()) == 1


def test_contexts_are_read_once_until_one_changes_and_absence_every_time():
    store = Counted(stores().contexts)
    contexts = caching.CachedContexts(store)

    assert contexts.get_many(["a"]) == {}
    contexts.save(context_of("a"))
    assert set(contexts.get_many(["a"])) == set(contexts.get_many(["a"])) == {"a"}
    assert store.calls == ["get_many", "save", "get_many"]
    contexts.remove("a")
    assert contexts.get_many(["a"]) == {}


def test_subscriptions_are_read_once_until_one_changes():
    store = Counted(stores().subscriptions)
    subscriptions = caching.CachedSubscriptions(store)
    one = builders.subscription(Target.TOPIC, "1")

    for _ in range(2):
        assert list(subscriptions.for_event(APPLICATION, "welcome")) == []
    assert store.calls == ["for_event"]
    subscriptions.save(one)
    assert list(subscriptions.for_event(APPLICATION, "welcome")) == [one]
    subscriptions.remove(one.id)
    assert list(subscriptions.for_event(APPLICATION, "welcome")) == []
