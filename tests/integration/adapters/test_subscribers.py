"""Subscribers, in memory and in DynamoDB."""

from dataclasses import replace

import pytest

from carillon.domain.errors import Invalid, NotFound
from carillon.domain.subscribers import ChannelAddress
from carillon.ports import Ports
from tests import canaries
from tests.builders import subscriber
from tests.integration.adapters.walking import walk

ANA = subscriber(
    "ana",
    email=canaries.EMAIL.capitalize(),
    phone=canaries.PHONE,
    first_name="Ána",
    data={"plan": "gold", "score": 1.25, "tags": ["a", None]},
    channels=(ChannelAddress(provider="fcm", device_tokens=(canaries.DEVICE_TOKEN, "2")),),
)


def test_a_subscriber_is_what_was_saved(world: Ports, tenant: str, other: str):
    lost = world.subscribers.save(tenant, [ANA])

    assert list(lost) == []
    assert world.subscribers.get_many(tenant, ["ana", "bob", "ana"]) == {"ana": ANA}
    assert world.subscribers.get_many(other, ["ana"]) == {}
    assert world.subscribers.get_many(tenant, []) == {}


def test_many_are_saved_and_found_together(world: Ports, tenant: str):
    people = [subscriber(f"p{n}") for n in range(130)]

    lost = world.subscribers.save(tenant, people)

    assert list(lost) == []
    found = world.subscribers.get_many(tenant, [p.id for p in people])
    assert found == {p.id: p for p in people}


def test_saving_nobody_is_nothing(world: Ports, tenant: str):
    assert list(world.subscribers.save(tenant, [])) == []


def test_the_next_version_replaces_the_one_before(world: Ports, tenant: str):
    world.subscribers.save(tenant, [ANA])
    second = replace(ANA, email=None, version=2)
    third = replace(ANA, email="a@example.com", version=3)

    assert list(world.subscribers.save(tenant, [second])) == []
    assert world.subscribers.get_many(tenant, ["ana"]) == {"ana": second}
    assert list(world.subscribers.save(tenant, [third])) == []
    assert world.subscribers.get_many(tenant, ["ana"]) == {"ana": third}


def test_a_save_based_on_an_old_version_loses_and_its_neighbours_do_not(world: Ports, tenant: str):
    bob = subscriber("bob")
    world.subscribers.save(tenant, [ANA, bob])
    world.subscribers.save(tenant, [replace(bob, version=2)])
    people = [
        replace(ANA, locale="de", version=2),
        replace(bob, locale="de", version=2),
        subscriber("bob2", version=2),
        subscriber("cyd"),
    ]

    lost = world.subscribers.save(tenant, people)

    assert sorted(lost) == ["bob", "bob2"]
    found = world.subscribers.get_many(tenant, ["ana", "bob", "bob2", "cyd"])
    assert found == {"ana": people[0], "bob": replace(bob, version=2), "cyd": people[3]}


def test_who_is_there_already_is_not_inserted_again(world: Ports, tenant: str, other: str):
    world.subscribers.save(tenant, [ANA])

    assert list(world.subscribers.save(tenant, [replace(ANA, email="x@example.com")])) == ["ana"]
    assert list(world.subscribers.save(other, [ANA])) == []


def test_a_removed_subscriber_is_in_no_topic(world: Ports, tenant: str, other: str):
    world.subscribers.save(tenant, [ANA, subscriber("bob")])
    for topic in ("news", "alerts"):
        world.topics.add_members(tenant, topic, ["ana", "bob"])
        world.topics.add_members(other, topic, ["ana"])

    world.subscribers.remove(tenant, "ana")

    assert set(world.subscribers.get_many(tenant, ["ana", "bob"])) == {"bob"}
    for topic in ("news", "alerts"):
        assert world.topics.among(tenant, topic, ["ana", "bob"]) == {"bob"}
        assert world.topics.among(other, topic, ["ana"]) == {"ana"}


def test_an_absent_subscriber_cannot_be_removed(world: Ports, tenant: str, other: str):
    world.subscribers.save(tenant, [ANA])

    with pytest.raises(NotFound):
        world.subscribers.remove(tenant, "bob")
    with pytest.raises(NotFound):
        world.subscribers.remove(other, "ana")

    assert set(world.subscribers.get_many(tenant, ["ana"])) == {"ana"}


@pytest.mark.parametrize("limit", [1, 7, 40, 100])
def test_pages_of_subscribers_hold_each_once(world: Ports, tenant: str, other: str, limit: int):
    people = [subscriber(f"p{n}") for n in range(40)]
    world.subscribers.save(tenant, people)
    world.subscribers.save(other, [subscriber("stranger")])

    listed = walk(lambda c, n: world.subscribers.list(tenant, c, n), limit)

    assert sorted(p.id for p in listed) == sorted(p.id for p in people)


def test_a_cursor_of_another_tenant_is_invalid(world: Ports, tenant: str, other: str):
    world.subscribers.save(tenant, [subscriber(f"p{n}") for n in range(40)])
    cursor = world.subscribers.list(tenant, None, 5).cursor

    with pytest.raises(Invalid):
        world.subscribers.list(other, cursor, 5)


def test_an_id_named_like_a_key_is_an_id(world: Ports, tenant: str):
    ids = ["a#b", "a%23b", "TENANT#x", " ", "🎉" * 255, "#" * 255, "\"'; DROP", "a\x00b", "\n"]
    world.subscribers.save(tenant, [subscriber(id) for id in ids])

    world.topics.add_members(tenant, "t", ids)

    assert set(world.subscribers.get_many(tenant, ids)) == set(ids)
    assert world.topics.among(tenant, "t", ids) == set(ids)
