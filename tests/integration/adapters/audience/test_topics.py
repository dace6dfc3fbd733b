"""Topics and their members, in memory and in DynamoDB."""

from dataclasses import replace

import pytest

from carillon.domain.audience.subscribers import SHARDS
from carillon.domain.audience.topics import Membership, Topic
from carillon.domain.base import ids
from carillon.domain.base.errors import Conflict, Invalid, NotFound
from carillon.domain.base.paging import Window
from carillon.ports import Ports
from tests import fakes
from tests.integration.adapters.walking import walk


def topic(key: str) -> Topic:
    return Topic(key=key, name=f"Topic {key}", created_at=fakes.START, updated_at=fakes.START)


def test_a_topic_is_what_was_saved_last(world: Ports, tenant: str, other: str):
    world.topics.save(tenant, topic("a"))
    changed = replace(topic("a"), name="Ü", version=2)

    world.topics.save(tenant, changed)

    assert world.topics.get(tenant, "a") == changed
    with pytest.raises(NotFound):
        world.topics.get(other, "a")


def test_pages_of_topics_hold_each_once(world: Ports, tenant: str, other: str):
    for key in ("a", "a#b", "b", "c", "d"):
        world.topics.save(tenant, topic(key))
    world.topics.save(other, topic("x"))

    listed = walk(lambda c, n: world.topics.list(tenant, c, n), 2)

    assert [t.key for t in listed] == ["a", "a#b", "b", "c", "d"]


def test_members_come_once_however_often_they_are_added(world: Ports, tenant: str):
    world.topics.add_members(tenant, "a", ["x", "y", "x"])
    world.topics.add_members(tenant, "a", ["y", "z"])

    assert sorted(walk(lambda c, n: world.topics.members(tenant, "a", c, n), 10)) == list("xyz")


def test_removed_members_are_gone_and_absent_ones_no_trouble(world: Ports, tenant: str, other: str):
    world.topics.add_members(tenant, "a", ["x", "y"])
    world.topics.add_members(other, "a", ["x"])

    world.topics.remove_members(tenant, "a", ["x", "no-such"])
    world.topics.remove_members(tenant, "a", [])

    assert world.topics.among(tenant, "a", ["x", "y", "no-such"]) == {"y"}
    assert world.topics.among(other, "a", ["x"]) == {"x"}


@pytest.mark.parametrize("limit", [1, 9, 100])
def test_pages_of_members_hold_each_once(world: Ports, tenant: str, other: str, limit: int):
    people = [f"p{n}" for n in range(60)]
    world.topics.add_members(tenant, "a", people)
    world.topics.add_members(tenant, "a#01", ["stranger"])
    world.topics.add_members(other, "a", ["stranger"])

    listed = walk(lambda c, n: world.topics.members(tenant, "a", c, n), limit)

    assert sorted(listed) == sorted(people)


def test_a_cursor_of_another_topic_is_invalid(world: Ports, tenant: str):
    world.topics.add_members(tenant, "a", [f"p{n}" for n in range(20)])
    cursor = world.topics.members(tenant, "a", None, 3).cursor

    with pytest.raises(Invalid):
        world.topics.members(tenant, "b", cursor, 3)


def test_shards_are_read_piece_by_piece_in_order(world: Ports, tenant: str):
    people = [f"p{n}" for n in range(200)]
    world.topics.add_members(tenant, "a", people)

    for shard in range(SHARDS):
        found: list[str] = []
        while some := world.topics.shard_members(tenant, "a", shard, found[-1] if found else "", 5):
            assert len(some) <= 5
            found += some
        assert found == sorted(id for id in people if ids.shard(id, SHARDS) == shard)


def test_a_removed_topic_leaves_no_member(world: Ports, tenant: str, other: str):
    for owner in (tenant, other):
        world.topics.save(owner, topic("a"))
        world.topics.add_members(owner, "a", [f"p{n}" for n in range(30)])

    world.topics.remove(tenant, topic("a"))

    assert walk(lambda c, n: world.topics.members(tenant, "a", c, n), 10) == []
    assert len(walk(lambda c, n: world.topics.members(other, "a", c, n), 10)) == 30
    with pytest.raises(NotFound):
        world.topics.get(tenant, "a")
    with pytest.raises(NotFound):
        world.topics.remove(tenant, topic("a"))


def test_among_many_ids_the_members_are_found(world: Ports, tenant: str):
    members = [f"p{n}" for n in range(150)]
    world.topics.add_members(tenant, "a", members)

    found = world.topics.among(tenant, "a", [*members, "q1", "q2"])

    assert found == set(members)
    assert world.topics.among(tenant, "a", []) == frozenset()


def test_a_key_is_taken_once(world: Ports, tenant: str, other: str):
    world.topics.add(tenant, topic("a"))

    with pytest.raises(Conflict):
        world.topics.add(tenant, replace(topic("a"), name="late"))

    world.topics.add(other, topic("a"))
    assert world.topics.get(tenant, "a") == topic("a")


def test_topics_are_walked_both_ways_and_counted(world: Ports, tenant: str, other: str):
    for key in ("a", "a#b", "b", "c"):
        world.topics.save(tenant, topic(key))
    world.topics.save(other, topic("x"))

    first = world.topics.walk(tenant, Window(limit=2))
    rest = world.topics.walk(tenant, Window(limit=2, cursor=first.cursor))
    back = world.topics.walk(tenant, Window(limit=2, cursor=rest.cursors[0], backwards=True))

    assert [t.key for t in (*first.items, *rest.items)] == ["a", "a#b", "b", "c"]
    assert rest.cursor is None
    assert [t.key for t in back.items] == ["a#b", "a"]
    assert world.topics.count(tenant).total == 4


def test_memberships_tell_since_when(world: Ports, tenant: str, other: str):
    world.topics.add_members(tenant, "a", ["x", "y"], fakes.START)
    world.topics.add_members(tenant, "b", ["x"])
    world.topics.add_members(other, "a", ["x", "z"])
    since = Membership(topic="a", subscriber="x", created_at=fakes.START)

    found = world.topics.memberships(tenant, "a", ["x", "z"])
    topics = world.topics.walk_topics_of(tenant, "x", Window(limit=5))
    members = world.topics.walk_members(tenant, "a", Window(limit=5))

    assert found == {"x": since}
    assert list(topics.items) == [since, Membership(topic="b", subscriber="x")]
    assert sorted(member.subscriber for member in members.items) == ["x", "y"]
    assert since in members.items
    assert world.topics.count_members(tenant, "a").total == 2
    assert world.topics.count_topics_of(tenant, "x").total == 2
