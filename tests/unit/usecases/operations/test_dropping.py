"""What a dropped letter carried ends, unless a worker holds it or its tenant is gone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.adapters.delivery import messages
from carillon.domain.base.channels import Channel
from carillon.domain.delivery import lifecycle
from carillon.domain.delivery.deliveries import (
    Chunk,
    Delivery,
    EventDetails,
    Outcome,
    Result,
    Status,
)
from carillon.domain.delivery.lifecycle import OpenDelivery
from carillon.domain.delivery.waiting import Retry, Waiting
from carillon.usecases.operations import dropping
from tests import builders as a

NOT_NOW = Result(outcome=Outcome.RETRY, code="busy")


def delivery(id):
    return Delivery(
        id=id, invocation="i1", integration="int_ses", provider="ses", address={}, subscriber="ana"
    )


def chunk(*ids):
    return Chunk(
        id="c1",
        tenant=a.TENANT,
        job="job1",
        channel=Channel.EMAIL,
        range=0,
        details={"i1": EventDetails(event="welcome", accepted_at=a.NOW)},
        deliveries=tuple(map(delivery, ids)),
    )


def attempted(id, outcome=Outcome.RETRY):
    one = OpenDelivery(delivery=delivery(id), channel=Channel.EMAIL, since=a.NOW)
    return lifecycle.attempt(one, replace(NOT_NOW, outcome=outcome), accepted_at=a.NOW, at=a.NOW)


def recorded(ports, work, *records):
    """Record a chunk as a worker does that has attempted some of it."""
    ports.chunks.claim(work, "worker", ports.clock.now())
    ports.chunks.record(work, "worker", {one.delivery: one for one in records})


def wait(ports, id):
    one = Waiting(
        tenant=a.TENANT,
        channel=Channel.EMAIL,
        job="job1",
        accepted_at=a.NOW,
        since=a.NOW,
        delivery=delivery(id),
        record=attempted(id),
    ).scheduled(a.NOW)
    ports.waiting.add([one])
    return one


def end(ports, work):
    body = messages.encode(work) if work else "poison"
    ports.dead_letters.put("email", body, group=a.TENANT)
    return dropping.end(ports.dead_letters.receive("email")[0], ports=ports)


def statuses(ports):
    [records] = ports.chunks.records.values()
    return {id: (one.status, one.code, one.attempts) for id, one in records.items()}


@pytest.fixture
def ports():
    return a.world()


def test_every_delivery_of_a_chunk_ends_and_what_has_ended_stays(ports):
    work = chunk("d1", "d2", "d3")
    recorded(ports, work, attempted("d1", Outcome.SENT), attempted("d2"))

    assert end(ports, work)

    assert statuses(ports) == {
        "d1": (Status.SENT, "busy", 1),
        "d2": (Status.CANCELLED, "dropped", 1),
        "d3": (Status.CANCELLED, "dropped", 0),
    }
    assert len(ports.history.entries[a.TENANT, "ana"]) == 3


def test_what_is_an_item_of_its_own_ends_there_alone(ports):
    work = chunk("d1")
    recorded(ports, work, attempted("d1"))
    wait(ports, "d1")

    assert end(ports, work)

    assert statuses(ports)["d1"][0] is Status.RETRYING
    [ended] = ports.waiting.by_key.values()
    assert (ended.record.status, ended.record.code) == (Status.CANCELLED, "dropped")
    assert ports.waiting.first_sweep() is None


def test_a_chunk_in_a_workers_hands_is_left_to_it(ports):
    work = chunk("d1")
    ports.chunks.claim(work, "worker", ports.clock.now())

    assert not end(ports, work)
    ports.clock.advance(91)
    assert end(ports, work)


def test_a_retry_ends_what_waits_but_not_what_a_worker_has(ports):
    free, held = wait(ports, "d1"), wait(ports, "d2")
    ports.waiting.claim([held], ports.clock.now())
    work = Retry(tenant=a.TENANT, channel=Channel.EMAIL, deliveries=(free.key, held.key))

    assert end(ports, work)

    after = {key.delivery: one.record.status for (_, key), one in ports.waiting.by_key.items()}
    assert after == {"d1": Status.CANCELLED, "d2": Status.RETRYING}


@pytest.mark.parametrize("work", [None, a.job()], ids=["poison", "job"])
def test_other_letters_end_nothing(ports, work):
    assert end(ports, work)

    assert ports.chunks.records == {}


def test_nothing_is_written_for_a_tenant_that_is_gone(ports):
    tenant = ports.tenants.get(a.TENANT)
    ports.tenants.put(replace(tenant, active=False, deleting_since=a.NOW - timedelta(days=1)))

    assert end(ports, chunk("d1"))

    assert ports.chunks.records == {}
