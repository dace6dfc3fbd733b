"""What each subscriber was sent, in memory and in DynamoDB."""

from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.domain.activity.history import Entry
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.delivery.deliveries import ChunkKey
from carillon.ports import Ports
from tests import fakes
from tests.integration.adapters.walking import walk

NOW = fakes.START
SECOND = timedelta(seconds=1)


def entry(n: int, subscriber: str = "ana#1", **fields: object) -> Entry:
    """The nth thing that happened, a second after the one before."""
    one = Entry(
        subscriber=subscriber,
        accepted_at=NOW + n * SECOND,
        delivery=f"dlv_{n:03}",
        invocation=f"i{n}",
        integration="int_slack",
        provider="slack",
        channel=Channel.CHAT,
        chunk=ChunkKey("job1", 3, "chat.1"),
    )
    return replace(one, **fields)  # type: ignore[arg-type]


def found(world: Ports, tenant: str, subscriber: str = "ana#1", limit: int = 100, **span: object):
    asked = {"since": None, "until": None} | span

    def page(cursor, limit):
        return world.history.of_subscriber(tenant, subscriber, cursor=cursor, limit=limit, **asked)

    return walk(page, limit)


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_the_newest_come_first(world: Ports, tenant: str, other: str, limit: int):
    entries = [entry(n) for n in range(30)]
    world.history.add(tenant, entries[10:])
    world.history.add(tenant, entries[:20])
    world.history.add(tenant, [entry(1, "ana")])
    world.history.add(other, [entry(2)])

    assert found(world, tenant, limit=limit) == entries[::-1]
    assert found(world, tenant, "ana") == [entry(1, "ana")]
    assert found(world, tenant, "eve") == []


def test_deliveries_of_one_moment_are_all_there(world: Ports, tenant: str):
    world.history.add(tenant, [entry(n, accepted_at=NOW) for n in range(5)])

    assert {one.delivery for one in found(world, tenant, limit=2)} == {
        f"dlv_{n:03}" for n in range(5)
    }


@pytest.mark.parametrize("limit", [1, 100])
def test_a_span_has_its_beginning_and_not_its_end(world: Ports, tenant: str, limit: int):
    world.history.add(tenant, [entry(n) for n in range(10)])

    def numbers(**span: object) -> list[str]:
        return [one.invocation for one in found(world, tenant, limit=limit, **span)]

    assert numbers(since=NOW + 7 * SECOND) == ["i9", "i8", "i7"]
    assert numbers(until=NOW + 2 * SECOND) == ["i1", "i0"]
    assert numbers(since=NOW + 3 * SECOND, until=NOW + 5 * SECOND) == ["i4", "i3"]
    assert numbers(since=NOW + SECOND, until=NOW + SECOND) == []
    assert numbers(since=NOW + 5 * SECOND, until=NOW) == []


def test_a_page_can_be_cut_behind_any_of_its_items(world: Ports, tenant: str):
    world.history.add(tenant, [entry(n) for n in range(6)])
    span = {"since": None, "until": None, "limit": 100}
    page = world.history.of_subscriber(tenant, "ana#1", cursor=None, **span)

    for place, cursor in enumerate(page.cursors):
        rest = world.history.of_subscriber(tenant, "ana#1", cursor=cursor, **span)
        assert list(rest.items) == list(page.items)[place + 1 :]


def test_a_cursor_of_another_subscriber_is_invalid(world: Ports, tenant: str, other: str):
    for owner in (tenant, other):
        world.history.add(owner, [entry(n) for n in range(3)])
    span = {"since": None, "until": None, "limit": 1}
    cursor = world.history.of_subscriber(tenant, "ana#1", cursor=None, **span).cursor

    assert cursor is not None
    for owner, subscriber in [(tenant, "bob"), (other, "ana#1")]:
        with pytest.raises(Invalid):
            world.history.of_subscriber(owner, subscriber, cursor=cursor, **span)


def test_what_is_removed_is_gone(world: Ports, tenant: str, other: str):
    entries = [entry(n) for n in range(30)]
    world.history.add(tenant, entries)
    world.history.add(other, entries)

    world.history.remove(tenant, entries[:28])
    world.history.remove(tenant, entries[:28])

    assert found(world, tenant) == [entries[29], entries[28]]
    assert len(found(world, other)) == 30
