"""What is remembered of the stores, for how long, and what makes it forgotten."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
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
# What changes how an event is handled. A circuit's state is no part of the configuration.
CHANGES = [each for each in WRITES if each[1] != "switch"] + [
    (caching.CachedApplications, name) for name in ("add", "save", "remove")
]


class Record:
    """A tenant's record that any number of processes share."""

    tenant = TENANT

    def __init__(self):
        self.stored = Tenant(id=TENANT, name="", created_at=fakes.START)
        self.version = 1
        self.reads = 0

    def read(self):
        self.reads += 1
        return self.stored, str(self.version)

    def renew(self):
        self.version += 1


def configuration(record=None, clock=None, *, remembers=True):
    return caching.Configuration(record or Record(), clock or fakes.Clock(), remembers=remembers)


def stores():
    return fakes.ports().of(TENANT)


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

    store = cached(Store(), configuration())
    read = getattr(store, name)

    read(*arguments)
    read(*arguments)
    getattr(store, write)()
    read(*arguments)

    assert calls == [name, write, name]


@pytest.mark.parametrize(("cached", "write"), CHANGES)
def test_every_change_of_every_store_renews_the_version(cached, write):
    record = Record()

    class Store:
        def __getattr__(self, _):
            return lambda *_, **__: None

    getattr(cached(Store(), configuration(record)), write)()

    assert record.version == 2


def test_a_change_that_was_not_made_renews_nothing():
    record = Record()
    integrations = caching.CachedIntegrations(stores().integrations, configuration(record))

    with pytest.raises(NotFound):
        integrations.remove("a")

    assert record.version == 1


def test_work_accepted_after_a_change_is_done_with_it():
    record, clock, shared = Record(), fakes.Clock(), stores()
    here, there = (configuration(record, clock) for _ in range(2))
    mine = caching.CachedIntegrations(shared.integrations, here)
    theirs = caching.CachedIntegrations(shared.integrations, there)
    assert mine.all() == []

    theirs.save(builders.integration(id="1"))
    accepted_at = clock.now()

    assert here.refresh(since=accepted_at)
    assert len(mine.all()) == 1


def test_the_version_is_read_once_for_all_work_that_was_accepted_before_it_was_read():
    record, clock = Record(), fakes.Clock()
    mine = configuration(record, clock)
    accepted_at = clock.now()
    clock.advance(seconds=1)

    for _ in range(10):
        mine.refresh(since=accepted_at)
        mine.get()

    assert record.reads == 1
    clock.advance(seconds=5)
    mine.get()
    assert record.reads == 2


def test_clocks_may_differ_a_little_between_accepting_and_working():
    record, clock = Record(), fakes.Clock()
    mine = configuration(record, clock)
    mine.get()

    mine.refresh(since=clock.now() - timedelta(milliseconds=50))

    assert record.reads == 2


@pytest.mark.parametrize("frozen", [timedelta(seconds=6), timedelta(hours=9), -timedelta(hours=1)])
def test_a_process_that_was_frozen_believes_nothing(frozen):
    record, clock = Record(), fakes.Clock()
    mine = configuration(record, clock)
    assert mine.get().active
    record.stored = replace(record.stored, active=False)
    record.renew()

    clock.set(clock.now() + frozen)

    assert not mine.get().active


def test_without_memory_everything_is_read_each_time():
    record = Record()
    mine = configuration(record, remembers=False)
    store = Counted(stores().integrations)
    integrations = caching.CachedIntegrations(store, mine)

    for _ in range(2):
        mine.get()
        integrations.all()

    assert record.reads == 2
    assert store.calls == ["all", "all"]


def test_a_key_is_believed_for_five_seconds_and_its_absence_never(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    fake = fakes.ApiKeys()
    store = Counted(fake)
    directory = caching.CachedApiKeyDirectory(store, remembers=True)
    directory.cache = caching.Cache(seconds=5, clock=lambda: now[0])
    directory.find = directory.cache.remembering(store.find)
    keys = caching.CachedApiKeys(fakes.ports(api_keys=fake).of(TENANT).api_keys, directory.cache)

    assert directory.find("k") is None
    keys.add(key_of("k"))
    assert directory.find("k") == directory.find("k") == key_of("k")
    assert store.calls == ["find", "find"]
    fake.remove(TENANT, "k")  # elsewhere
    now[0] = 5.0
    assert directory.find("k") is None
    keys.add(key_of("k"))
    directory.find("k")
    keys.remove("k")  # here
    assert directory.find("k") is None
    assert signature(caching.Cache).parameters["clock"].default is not time.monotonic


def test_only_event_types_that_are_not_remembered_are_read():
    fake = stores().event_types
    store = Counted(fake)
    events = caching.CachedEventTypes(store, configuration())
    for slug in "ab":
        events.save(builders.event_type(slug), expected=None)
    store.calls.clear()

    assert set(events.get_many(APPLICATION, ["a"])) == {"a"}
    assert set(events.get_many(APPLICATION, ["a", "b"])) == {"a", "b"}
    assert set(events.get_many(APPLICATION, ["b", "a"])) == {"a", "b"}
    assert store.calls == ["get_many", "get_many"]
    assert events.get_many("shop/orders", ["a"]) == {}


def test_an_event_type_that_is_saved_or_removed_is_forgotten():
    events = caching.CachedEventTypes(stores().event_types, configuration())
    events.save(builders.event_type("a"), expected=None)
    events.get_many(APPLICATION, ["a"])

    events.save(builders.event_type("a", version=2), expected=1)
    assert events.get_many(APPLICATION, ["a"])["a"].version == 2
    events.remove(APPLICATION, "a")
    assert events.get_many(APPLICATION, ["a"]) == {}


def test_a_changed_event_type_is_seen_at_once_by_who_changes_it():
    fake = stores().event_types
    events = caching.CachedEventTypes(fake, configuration())
    events.save(builders.event_type("a"), expected=None)
    events.get_many(APPLICATION, ["a"])

    fake.save(builders.event_type("a", version=2), expected=1)

    assert events.get(APPLICATION, "a").version == 2


def test_templates_are_read_once_a_version_of_their_event_type():
    store = Counted(stores().templates)
    templates = caching.CachedTemplates(store, configuration())
    first, second = builders.event_type("a"), builders.event_type("a", version=2)

    for event in (first, first, second, second):
        templates.for_event(event)
    assert store.calls == ["for_event"] * 2


def test_integrations_are_read_once_until_one_changes():
    store = Counted(stores().integrations)
    integrations = caching.CachedIntegrations(store, configuration())

    assert integrations.all() == integrations.all() == []
    assert store.calls == ["all"]
    integrations.save(builders.integration(id="1"))
    assert len(integrations.all()) == 1
    integrations.remove("1")
    assert integrations.all() == []


def test_integrations_made_elsewhere_are_there_when_they_are_wanted_now():
    store = stores().integrations
    integrations = caching.CachedIntegrations(store, configuration())
    assert integrations.all() == []
    store.save(builders.integration(id="1"))

    assert integrations.all() == []
    assert len(integrations.all(now=True)) == 1
    assert len(integrations.all()) == 1


def test_contexts_are_read_once_until_one_changes_and_absence_every_time():
    store = Counted(stores().contexts)
    contexts = caching.CachedContexts(store, configuration())

    assert contexts.get_many(["a"]) == {}
    contexts.save(context_of("a"))
    assert set(contexts.get_many(["a"])) == set(contexts.get_many(["a"])) == {"a"}
    assert store.calls == ["get_many", "save", "get_many"]
    contexts.remove("a")
    assert contexts.get_many(["a"]) == {}


def test_subscriptions_are_read_once_until_one_changes():
    store = Counted(stores().subscriptions)
    subscriptions = caching.CachedSubscriptions(store, configuration())
    one = builders.subscription(Target.TOPIC, "1")

    for _ in range(2):
        assert list(subscriptions.for_event(APPLICATION, "welcome")) == []
    assert store.calls == ["for_event"]
    subscriptions.save(one)
    assert list(subscriptions.for_event(APPLICATION, "welcome")) == [one]
    subscriptions.remove(one.id)
    assert list(subscriptions.for_event(APPLICATION, "welcome")) == []
