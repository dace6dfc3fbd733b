"""Subscriptions, in memory and in DynamoDB."""

from dataclasses import replace

import pytest

from carillon.domain.base.errors import Invalid, NotFound
from carillon.domain.subscriptions.subscriptions import Target
from carillon.ports import Ports
from tests.builders import subscription
from tests.integration.adapters.walking import walk

APPLICATION = "default/default"


def test_an_event_types_subscriptions_are_found_and_no_others(
    world: Ports, tenant: str, other: str
):
    one = subscription(Target.INTEGRATION, "1")
    two = subscription(Target.TOPIC, "2")
    for each in (two, one, subscription(Target.TOPIC, "3", event="welcome2")):
        world.subscriptions.save(tenant, each)
    world.subscriptions.save(tenant, replace(one, id="sub_4", application="shop/orders"))

    assert list(world.subscriptions.for_event(tenant, APPLICATION, "welcome")) == [one, two]
    assert list(world.subscriptions.for_event(other, APPLICATION, "welcome")) == []


def test_a_subscription_is_the_tenants_own(world: Ports, tenant: str, other: str):
    one = subscription(Target.INTEGRATION, "1")
    world.subscriptions.save(tenant, one)

    assert world.subscriptions.get(tenant, one.id) == one
    with pytest.raises(NotFound):
        world.subscriptions.get(other, one.id)
    with pytest.raises(NotFound):
        world.subscriptions.remove(other, one.id)


def test_a_subscription_to_another_event_type_leaves_the_old_one(world: Ports, tenant: str):
    one = subscription(Target.INTEGRATION, "1")
    world.subscriptions.save(tenant, one)
    moved = replace(one, event="farewell", active=False, version=2)

    world.subscriptions.save(tenant, moved)

    assert list(world.subscriptions.for_event(tenant, APPLICATION, "welcome")) == []
    assert list(world.subscriptions.for_event(tenant, APPLICATION, "farewell")) == [moved]
    assert world.subscriptions.get(tenant, one.id) == moved


def test_a_removed_subscription_is_heard_of_no_more(world: Ports, tenant: str):
    one = subscription(Target.INTEGRATION, "1")
    world.subscriptions.save(tenant, one)

    world.subscriptions.remove(tenant, one.id)

    assert list(world.subscriptions.for_event(tenant, APPLICATION, "welcome")) == []
    with pytest.raises(NotFound):
        world.subscriptions.get(tenant, one.id)
    with pytest.raises(NotFound):
        world.subscriptions.remove(tenant, one.id)


def test_pages_of_subscriptions_hold_each_once(world: Ports, tenant: str, other: str):
    for id in "abcde":
        world.subscriptions.save(tenant, subscription(Target.TOPIC, id))

    listed = walk(lambda c, n: world.subscriptions.list(tenant, c, n), 2)

    assert [s.target_ids for s in listed] == [(id,) for id in "abcde"]
    with pytest.raises(Invalid):
        world.subscriptions.list(other, world.subscriptions.list(tenant, None, 2).cursor, 2)
