"""What two writers may not do to each other, in memory and in DynamoDB."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from carillon.adapters.aws import keys
from carillon.adapters.aws.table import Put, Table
from carillon.domain.audience.contexts import Context
from carillon.domain.audience.topics import Topic
from carillon.domain.base.errors import Changed, Conflict, NotFound
from carillon.domain.base.guards import Guarded
from carillon.domain.catalogue.applications import Application
from carillon.domain.integrations.senders import Sender
from carillon.domain.subscriptions.subscriptions import Target
from carillon.ports import Ports
from tests import builders as a
from tests.builders import NOW

TIMES: dict[str, Any] = {"created_at": NOW, "updated_at": NOW}
SHOP = Application(path="shop", name="Shop", **TIMES)
NORTH = Context(identifier="north", **TIMES)
TEAM = Topic(key="team", name="Team", **TIMES)
HOOK = a.webhook()
HEARD = a.subscription(Target.INTEGRATION, HOOK.id)
OWNED = replace(a.webhook("int_owned"), owner="sub_x")
ENDPOINT = replace(a.subscription(Target.ENDPOINT, OWNED.id), id="sub_x")


@dataclass(frozen=True)
class Kept:
    """A versioned value: how it is first written, saved, read, and its key in a table."""

    first: Any
    add: Callable[[Ports, str, Any], None]
    save: Callable[[Ports, str, Any], None]
    get: Callable[[Ports, str], Any]
    change: str
    key: Callable[[str], keys.Key]
    table: str

    def changed(self, text: str, version: int) -> Any:
        return replace(self.first, version=version, **{self.change: text})


def _add_application(world: Any, tenant: str, one: Application) -> None:
    world.applications.add(tenant, one, seen=world.guards.see(tenant, Guarded.CATALOGUE))


KEPT = [
    Kept(
        SHOP,
        _add_application,
        lambda world, tenant, one: world.applications.save(tenant, one),
        lambda world, tenant: world.applications.get(tenant, "shop"),
        "description",
        lambda tenant: keys.application(tenant, "shop"),
        "configuration",
    ),
    Kept(
        NORTH,
        lambda world, tenant, one: world.contexts.add(tenant, one),
        lambda world, tenant, one: world.contexts.save(tenant, one),
        lambda world, tenant: world.contexts.get_many(tenant, ["north"])["north"],
        "name",
        lambda tenant: keys.within(keys.contexts(tenant), "north"),
        "configuration",
    ),
    Kept(
        TEAM,
        lambda world, tenant, one: world.topics.add(tenant, one),
        lambda world, tenant, one: world.topics.save(tenant, one),
        lambda world, tenant: world.topics.get(tenant, "team"),
        "name",
        lambda tenant: keys.within(keys.topics(tenant), "team"),
        "audience",
    ),
    Kept(
        HOOK,
        lambda world, tenant, one: world.integrations.save(tenant, one),
        lambda world, tenant, one: world.integrations.save(tenant, one),
        lambda world, tenant: world.integrations.get(tenant, HOOK.id),
        "description",
        lambda tenant: keys.within(keys.integrations(tenant), HOOK.id),
        "configuration",
    ),
    Kept(
        HEARD,
        lambda world, tenant, one: world.subscriptions.save(tenant, one),
        lambda world, tenant, one: world.subscriptions.save(tenant, one),
        lambda world, tenant: world.subscriptions.get(tenant, HEARD.id),
        "description",
        lambda tenant: keys.within(keys.subscriptions(tenant), HEARD.id),
        "audience",
    ),
]
each_kept = pytest.mark.parametrize("kept", KEPT, ids=lambda kept: type(kept.first).__name__)


@each_kept
def test_the_next_version_is_saved_and_no_other(world: Ports, tenant: str, kept: Kept):
    kept.add(world, tenant, kept.first)
    kept.save(world, tenant, kept.changed("second", 2))

    for version in (2, 4):
        with pytest.raises(Changed):
            kept.save(world, tenant, kept.changed("lost", version))

    assert kept.get(world, tenant) == kept.changed("second", 2)


@each_kept
def test_what_was_removed_is_not_brought_back(world: Ports, tenant: str, kept: Kept):
    with pytest.raises(Changed):
        kept.save(world, tenant, kept.changed("again", 2))


@each_kept
def test_what_is_older_than_versions_can_be_changed(world: Ports, tenant: str, kept: Kept):
    kept.add(world, tenant, kept.first)
    stored: Any = world.of(tenant).data
    if not hasattr(stored, "_tables"):
        pytest.skip("the fake has no attributes")
    table: Table = stored._tables[kept.table]
    item = dict(table.get(kept.key(tenant)) or {})
    del item["version"]
    table.write(Put(item))

    kept.save(world, tenant, kept.changed("second", 2))

    assert kept.get(world, tenant) == kept.changed("second", 2)


@dataclass(frozen=True)
class Joins:
    """A write that puts something into a guarded set."""

    guarded: Guarded
    join: Callable[[Any, str, str, Any], None]
    members: Callable[[Any, str], int]


JOINS = [
    Joins(
        Guarded.CATALOGUE,
        lambda world, tenant, name, seen: world.applications.add(
            tenant, replace(SHOP, path=name), seen=seen
        ),
        lambda world, tenant: len(world.applications.list(tenant, None, 10).items),
    ),
    Joins(
        Guarded.CATALOGUE,
        lambda world, tenant, name, seen: world.event_types.add(
            tenant, a.event_type(name), templates=[a.template(name)], seen=seen
        ),
        lambda world, tenant: len(
            world.event_types.list(tenant, "default/default", None, 10).items
        ),
    ),
    Joins(
        Guarded.INTEGRATIONS,
        lambda world, tenant, name, seen: world.integrations.save(
            tenant, a.webhook(name), seen=seen
        ),
        lambda world, tenant: len(world.integrations.all(tenant)),
    ),
    Joins(
        Guarded.SENDERS,
        lambda world, tenant, name, seen: world.senders.add(
            tenant, Sender(email=f"{name}@{tenant}.example", created_at=NOW), seen=seen
        ),
        lambda world, tenant: len(world.senders.of_tenant(tenant)),
    ),
    Joins(
        Guarded.SUBSCRIPTIONS,
        lambda world, tenant, name, seen: world.subscriptions.save(
            tenant, a.subscription(Target.INTEGRATION, name), seen=seen
        ),
        lambda world, tenant: len(world.subscriptions.list(tenant, None, 10).items),
    ),
]


@pytest.mark.parametrize("joins", JOINS, ids=lambda joins: str(joins.guarded))
def test_of_two_who_saw_the_same_set_one_joins_it(
    world: Any, tenant: str, other: str, joins: Joins
):
    seen = world.guards.see(tenant, joins.guarded)
    joins.join(world, tenant, "a", seen)

    with pytest.raises(Changed):
        joins.join(world, tenant, "b", seen)

    assert joins.members(world, tenant) == 1
    joins.join(world, tenant, "b", world.guards.see(tenant, joins.guarded))
    joins.join(world, other, "c", world.guards.see(other, joins.guarded))
    assert joins.members(world, tenant) == 2


def test_what_is_needed_is_not_removed_behind_the_back_of_who_needs_it(world: Any, tenant: str):
    world.integrations.save(tenant, HOOK)
    world.event_types.save(tenant, a.event_type("a"), expected=None)
    _add_application(world, tenant, SHOP)
    heard = world.guards.see(tenant, Guarded.SUBSCRIPTIONS)
    catalogue = world.guards.see(tenant, Guarded.CATALOGUE)
    world.subscriptions.save(tenant, HEARD, seen=heard)
    _add_application(world, tenant, replace(SHOP, path="shop/web"))

    with pytest.raises(Changed):
        world.integrations.remove(tenant, HOOK.id, version=1, seen=[heard])
    with pytest.raises(Changed):
        world.event_types.remove(tenant, "default/default", "a", version=1, seen=heard)
    with pytest.raises(Changed):
        world.applications.remove(tenant, "shop", seen=catalogue)

    assert world.integrations.get(tenant, HOOK.id)
    assert world.event_types.get(tenant, "default/default", "a")
    assert world.applications.get(tenant, "shop")


def test_a_removal_moves_the_guard_too(world: Any, tenant: str):
    world.integrations.save(tenant, HOOK)
    seen = world.guards.see(tenant, Guarded.SUBSCRIPTIONS)
    world.integrations.remove(tenant, HOOK.id, version=1, seen=[seen])

    with pytest.raises(Changed):
        world.subscriptions.save(tenant, HEARD, seen=seen)


@pytest.mark.parametrize("version", [1, 3])
def test_what_is_of_another_version_is_not_removed(world: Any, tenant: str, version: int):
    world.integrations.save(tenant, HOOK)
    world.integrations.save(tenant, replace(HOOK, version=2))
    world.event_types.save(tenant, a.event_type("a"), expected=None)
    world.event_types.save(tenant, a.event_type("a", version=2), expected=1)

    with pytest.raises(Changed):
        world.integrations.remove(tenant, HOOK.id, version=version)
    with pytest.raises(Changed):
        world.event_types.remove(tenant, "default/default", "a", version=version)

    world.integrations.remove(tenant, HOOK.id, version=2)
    world.event_types.remove(tenant, "default/default", "a", version=2)


def test_integrations_are_saved_together_or_not(world: Any, tenant: str):
    first, second = a.integration(id="1", primary=True), a.integration(id="2")
    world.integrations.save(tenant, first)
    world.integrations.save(tenant, second)
    switched = replace(second, primary=True, version=2)
    stale = replace(first, primary=False, version=3)

    with pytest.raises(Changed):
        world.integrations.save(tenant, switched, others=[stale])
    assert world.integrations.all(tenant) == [first, second]

    world.integrations.save(tenant, switched, others=[replace(first, primary=False, version=2)])
    assert [one.primary for one in world.integrations.all(tenant)] == [False, True]


def test_an_heir_is_named_with_the_removal_or_not(world: Any, tenant: str):
    world.integrations.save(tenant, a.integration(id="1", primary=True))
    world.integrations.save(tenant, a.integration(id="2"))
    stale = a.integration(id="2", primary=True, version=3)

    with pytest.raises(Changed):
        world.integrations.remove(tenant, "1", version=1, heir=stale)
    assert len(world.integrations.all(tenant)) == 2

    heir = a.integration(id="2", primary=True, version=2)
    world.integrations.remove(tenant, "1", version=1, heir=heir)
    assert world.integrations.all(tenant) == [heir]


def test_templates_are_written_with_their_event_type_or_not(world: Any, tenant: str):
    old, new = a.template("a", body="old"), a.template("a", body="new")
    world.event_types.save(tenant, a.event_type("a"), expected=None, templates=[old])

    with pytest.raises(Changed):
        world.event_types.save(tenant, a.event_type("a", version=3), expected=2, templates=[new])
    with pytest.raises(Conflict):
        world.event_types.save(tenant, a.event_type("a"), expected=None, templates=[new])
    with pytest.raises(Changed):
        world.event_types.save(tenant, a.event_type("a", version=3), expected=2, removed=[old])

    assert world.templates.for_event(tenant, a.event_type("a")) == [old]


def test_a_subscription_and_its_endpoint_are_written_and_removed_together(world: Any, tenant: str):
    world.subscriptions.save(tenant, ENDPOINT, endpoint=OWNED)
    moved = replace(OWNED, settings={"url": "https://example.com/new"}, version=2)

    with pytest.raises(Changed):
        world.subscriptions.save(tenant, replace(ENDPOINT, version=3), endpoint=moved)
    with pytest.raises(Changed):
        world.subscriptions.save(
            tenant, replace(ENDPOINT, version=2), endpoint=replace(moved, version=3)
        )
    assert world.integrations.get(tenant, OWNED.id) == OWNED
    assert world.subscriptions.get(tenant, ENDPOINT.id) == ENDPOINT

    world.subscriptions.save(tenant, replace(ENDPOINT, version=2), endpoint=moved)
    assert world.integrations.get(tenant, OWNED.id) == moved
    world.subscriptions.remove(tenant, ENDPOINT.id)
    with pytest.raises(NotFound):
        world.integrations.get(tenant, OWNED.id)


def test_a_context_changes_its_identifier_for_one_that_is_free(world: Any, tenant: str):
    south = replace(NORTH, identifier="south")
    world.contexts.add(tenant, NORTH)
    world.contexts.add(tenant, south)

    with pytest.raises(Conflict):
        world.contexts.rename(tenant, NORTH, south)
    with pytest.raises(Changed):
        world.contexts.rename(tenant, replace(NORTH, version=2), replace(NORTH, identifier="east"))
    assert len(world.contexts.get_many(tenant, ["north", "south", "east"])) == 2

    world.contexts.rename(tenant, NORTH, replace(NORTH, identifier="east"))
    assert set(world.contexts.get_many(tenant, ["north", "south", "east"])) == {"south", "east"}


def test_a_topic_is_not_removed_behind_the_back_of_who_joins_it(world: Any, tenant: str):
    world.topics.add(tenant, TEAM)
    read = world.topics.get(tenant, "team")
    world.topics.add_members(tenant, "team", ["ana"])
    world.topics.joined(tenant, "team")

    with pytest.raises(Changed):
        world.topics.remove(tenant, read)

    world.topics.save(tenant, replace(read, name="Our team", version=2))
    world.topics.remove(tenant, world.topics.get(tenant, "team"))
    with pytest.raises(NotFound):
        world.topics.joined(tenant, "team")
    with pytest.raises(NotFound):
        world.topics.get(tenant, "team")
