"""Deliveries that wait: their versions, their leases and the index of what is due."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest

from carillon.domain.base import ids
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Attempt, Delivery, DeliveryRecord, Outcome, Status
from carillon.domain.delivery.waiting import DUE_SHARDS, PATIENCE, DeliveryKey, Due, Waiting
from carillon.ports import Ports
from tests import canaries, fakes

NOW = fakes.START
MINUTE = timedelta(minutes=1)
LEASE = timedelta(seconds=90)

_eras = count(1)


@pytest.fixture
def era() -> datetime:
    """A time of the test's own: the index is not a tenant's, and all tests share it."""
    return NOW + timedelta(days=1000 * next(_eras))


def waiting(tenant: str, id: str = "dlv_1", *, due: datetime = NOW, **fields: object) -> Waiting:
    record = DeliveryRecord(
        delivery=id,
        invocation="i#1",
        integration="int_slack",
        provider="slack",
        status=Status.RETRYING,
        outcome=Outcome.RETRY,
        attempts=2,
        at=NOW + timedelta(microseconds=7),
        subscriber="ana",
        code="http_503",
        http_status=503,
        next_attempt_at=due,
        earlier=(Attempt(at=NOW, outcome=Outcome.UNSURE, code="timeout"),),
    )
    delivery = Delivery(
        id=id,
        invocation="i#1",
        integration="int_slack",
        provider="slack",
        address={"webhook_url": canaries.SLACK_URL},
        subscriber="ana",
        recipient={"email": canaries.EMAIL},
    )
    whole = Waiting(
        tenant=tenant,
        channel=Channel.CHAT,
        job="job1",
        accepted_at=NOW,
        since=NOW,
        delivery=delivery,
        record=record,
        sweep_at=due,
    )
    return replace(whole, **fields)  # type: ignore[arg-type]


def final(one: Waiting) -> Waiting:
    sent = replace(one.record, status=Status.SENT, next_attempt_at=None)
    return replace(one, record=sent, sweep_at=None, leased_until=None, version=one.version + 1)


def keys(*found: Waiting) -> list[DeliveryKey]:
    return [one.key for one in found]


def due(world: Ports, until: datetime, after: datetime | None = None) -> Iterator[Due]:
    for shard in range(DUE_SHARDS):
        yield from world.due.due(shard, after=after, until=until, limit=100)


def test_what_was_added_is_there_as_it_was(world: Ports, tenant: str):
    one, other = waiting(tenant), waiting(tenant, "dlv_2", due=NOW + timedelta(microseconds=1))

    assert world.waiting.add([one, other]) == [one, other]

    found = world.waiting.get_many(tenant, [*keys(one, other), DeliveryKey("i#1", "dlv_none")])
    assert sorted(found, key=lambda w: w.delivery.id) == [one, other]


def test_adding_again_changes_nothing(world: Ports, tenant: str):
    one = waiting(tenant)
    world.waiting.add([one])
    [claimed] = world.waiting.claim([one], NOW)

    assert world.waiting.add([one, waiting(tenant, "dlv_2")]) == [waiting(tenant, "dlv_2")]

    assert world.waiting.get_many(tenant, keys(one)) == [claimed]


def test_another_tenant_sees_nothing_of_it(world: Ports, tenant: str, other: str):
    one = waiting(tenant)
    world.waiting.add([one])

    assert world.waiting.get_many(other, keys(one)) == []


def test_of_two_workers_one_gets_the_lease(world: Ports, tenant: str):
    one = waiting(tenant)
    world.waiting.add([one])

    [claimed] = world.waiting.claim([one], NOW)

    assert claimed == replace(
        one, leased_until=NOW + LEASE, sweep_at=NOW + LEASE + PATIENCE, version=2
    )
    assert claimed.is_held(NOW + LEASE)
    assert not claimed.is_held(NOW + LEASE + MINUTE)
    assert world.waiting.claim([one], NOW) == []


def test_a_record_goes_over_the_version_before_and_no_other(world: Ports, tenant: str):
    one = waiting(tenant)
    world.waiting.add([one])
    [claimed] = world.waiting.claim([one], NOW)
    [taken_over] = world.waiting.claim([claimed], NOW + LEASE + MINUTE)

    assert world.waiting.record([final(claimed)]) == []
    assert world.waiting.record([final(taken_over)]) == [final(taken_over)]

    assert world.waiting.get_many(tenant, keys(one)) == [final(taken_over)]


def test_what_is_not_there_cannot_be_claimed(world: Ports, tenant: str):
    assert world.waiting.claim([waiting(tenant)], NOW) == []


def test_what_is_due_is_found_in_its_shard_in_order(world: Ports, tenant: str, era: datetime):
    all_of = [waiting(tenant, f"dlv_{n:02}", due=era + n * MINUTE) for n in range(30)]
    world.waiting.add(all_of)

    for shard in range(DUE_SHARDS):
        mine = [w for w in all_of if ids.shard(w.delivery.id, DUE_SHARDS) == shard]
        found = world.due.due(shard, after=None, until=era + 19 * MINUTE, limit=100)
        found = [one for one in found if one.tenant == tenant]
        assert [one.key for one in found] == keys(*mine[: len(found)])
    assert {one.key for one in due(world, era + 19 * MINUTE) if one.tenant == tenant} == set(
        keys(*all_of[:20])
    )


def test_it_says_of_each_all_that_a_message_needs(world: Ports, tenant: str, era: datetime):
    exact = era + timedelta(microseconds=123456)
    world.waiting.add([waiting(tenant, due=exact, sweep_at=era + MINUTE)])

    [found] = [one for one in due(world, era + MINUTE) if one.tenant == tenant]

    assert found == Due(
        tenant=tenant,
        channel=Channel.CHAT,
        key=DeliveryKey("i#1", "dlv_1"),
        accepted_at=NOW,
        next_attempt_at=exact,
        sweep_at=era + MINUTE,
    )


def test_a_page_continues_where_the_one_before_ended(world: Ports, tenant: str, era: datetime):
    world.waiting.add([waiting(tenant, f"dlv_{n:02}", due=era + n * MINUTE) for n in range(60)])
    until = era + timedelta(days=1)

    found: list[Due] = []
    for shard in range(DUE_SHARDS):
        after: datetime | None = era - MINUTE
        while page := world.due.due(shard, after=after, until=until, limit=3):
            assert len(page) <= 3
            found += page
            after = page[-1].sweep_at

    mine = [one.key.delivery for one in found if one.tenant == tenant]
    assert sorted(mine) == [f"dlv_{n:02}" for n in range(60)]


def test_what_has_a_final_state_is_due_no_more(world: Ports, tenant: str, era: datetime):
    one = waiting(tenant, due=era)
    world.waiting.add([one])
    [claimed] = world.waiting.claim([one], era)
    world.waiting.record([final(claimed)])

    assert [d for d in due(world, era + timedelta(days=1)) if d.tenant == tenant] == []


def test_a_worker_that_dies_is_found_by_the_sweeper(world: Ports, tenant: str, era: datetime):
    one = waiting(tenant, due=era)
    world.waiting.add([one])
    world.waiting.claim([one], era)

    assert [d for d in due(world, era + MINUTE) if d.tenant == tenant] == []
    later = era + LEASE + PATIENCE
    assert [d.key for d in due(world, later) if d.tenant == tenant] == keys(one)


def test_what_was_swept_is_found_again_later(world: Ports, tenant: str, era: datetime):
    world.waiting.add([waiting(tenant, due=era)])
    [found] = [d for d in due(world, era) if d.tenant == tenant]

    world.due.postpone([found], era + PATIENCE)

    assert [d for d in due(world, era) if d.tenant == tenant] == []
    [again] = [d for d in due(world, era + PATIENCE) if d.tenant == tenant]
    assert again == replace(found, sweep_at=era + PATIENCE)


def test_postponing_leaves_alone_what_a_worker_has_written(
    world: Ports, tenant: str, era: datetime
):
    one = waiting(tenant, due=era)
    world.waiting.add([one])
    [found] = [d for d in due(world, era) if d.tenant == tenant]
    [claimed] = world.waiting.claim([one], era)
    world.waiting.record([final(claimed)])

    world.due.postpone([found], era + PATIENCE)

    assert [d for d in due(world, era + timedelta(days=1)) if d.tenant == tenant] == []
    assert world.waiting.get_many(tenant, keys(one)) == [final(claimed)]


def test_a_postponed_delivery_can_be_claimed(world: Ports, tenant: str, era: datetime):
    one = waiting(tenant, due=era)
    world.waiting.add([one])
    [found] = [d for d in due(world, era) if d.tenant == tenant]
    world.due.postpone([found], era + PATIENCE)

    [read] = world.waiting.get_many(tenant, keys(one))

    assert len(world.waiting.claim([read], era)) == 1


def test_a_tally_says_where_each_of_an_invocations_stands(world: Ports, tenant: str, other: str):
    all_of = [waiting(tenant, f"dlv_{n:02}") for n in range(40)]
    world.waiting.add(all_of)
    world.waiting.add([waiting(other, "dlv_1")])
    stranger = waiting(tenant, "dlv_99")
    elsewhere = replace(stranger.delivery, invocation="i#2")
    world.waiting.add([replace(stranger, delivery=elsewhere)])
    world.waiting.record([final(one) for one in world.waiting.claim(all_of[:15], NOW)])
    world.waiting.claim(all_of[20:25], NOW)

    assert world.waiting.tally(tenant, "i#1") == {Status.RETRYING: 25, Status.SENT: 15}
    assert not world.waiting.tally(tenant, "none")
