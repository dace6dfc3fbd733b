"""A kill before and after every call that deleting a subscriber makes, in mid traffic."""

from datetime import timedelta
from functools import cache

import pytest

from carillon.domain.base.errors import NotFound
from carillon.domain.delivery.deliveries import Status
from carillon.usecases.audience.updates import upsert
from carillon.usecases.operations import erase
from tests import builders as a
from tests.crash.kills import Interleaved, KillOnce, Watch, each_hidden, each_kill
from tests.crash.scenario import FILE, SEED, TENANT, insist, simulation
from tests.simulation import NoFaults

WHO = "ana"
_CHAT = {"down": a.slack_address(f"down-{WHO}"), "fine": a.slack_address(WHO)}


def person(way="fine"):
    return a.person(WHO, email=f"{WHO}@x.example", channels=(_CHAT[way],))


def in_mid_traffic(faults=None, **options):
    """Of what is meant for ana some is sent, some waits for a retry, some is queued."""
    sim = simulation(**options)
    upsert([person("down")], ports=sim.fakes.of(TENANT))
    sim.faults = faults or NoFaults()
    other = a.person("ben", email="ben@x.example", channels=(a.slack_address("ben"),))
    sim.insist(
        a.trigger("welcome", person("down"), other, transaction_id="first"),
        a.trigger("note", a.person(WHO), other, transaction_id="second"),
        a.trigger("welcome", person(), transaction_id="alone", attachments=(FILE,)),
    )
    sim.run(timedelta(seconds=30))
    sim.insist(
        a.trigger("welcome", person(), other, transaction_id="third", attachments=(FILE,)),
        a.trigger("note", a.person(WHO), other, transaction_id="fourth"),
    )
    for _ in range(4):
        sim.run(timedelta(milliseconds=50))
    sim.clock.advance(1)
    return sim


def delete(sim):
    """By a caller for whom it is an answer, too, that nobody is there."""
    insist(sim, "delete", _begin)


def _begin(ports):
    try:
        erase.begin(WHO, ports=ports.of(TENANT))
    except NotFound:
        return  # a call before, which was not answered, did it


def check(sim):
    """Nothing of ana is left, all of ben is as it would have been, and the end is on record."""
    fakes = sim.fakes
    assert fakes.erasures.by_id[TENANT, WHO].done_at
    assert WHO not in fakes.subscribers.by_tenant[TENANT]
    assert not fakes.history.entries[TENANT, WHO]
    assert not fakes.feeds.by_subscriber.get((TENANT, WHO))
    for store in (fakes.chunks.records, fakes.waiting.by_key, fakes.invocations.by_id):
        assert WHO not in repr(store)
    records = list(sim.records().values())
    assert all(one.status.final for one in records)
    assert all(one.subscriber == "ben" or one.erased for one in records)
    of_ben = [one for one in records if one.subscriber == "ben"]
    assert {one.invocation for one in of_ben} == {"first", "second", "third", "fourth"}
    assert {one.status for one in of_ben} == {Status.SENT}
    assert sim.queues.dead == []


@cache
def calls():
    sim = in_mid_traffic(seed=SEED)
    sim.faults = watch = Watch()
    delete(sim)
    check(sim)
    return sorted(watch.calls)


@each_kill(calls())
def test_a_kill_leaves_nothing_of_somebody_who_was_deleted(call, late):
    sim = in_mid_traffic(seed=SEED)
    sim.faults = kills = KillOnce(call, late=late)

    delete(sim)

    assert kills.killed
    check(sim)
    assert len(sim.fakes.attachments.contents) == 1  # of the event that ben has too


@each_hidden
def test_what_a_dead_worker_had_comes_after_the_removal_and_leaves_nothing(call, late):
    """Its message is hidden for longer than the removal waits."""
    sim = in_mid_traffic(KillOnce(call, late=late), seed=SEED)
    assert sim.crashes
    sim.faults = NoFaults()

    delete(sim)

    check(sim)


@pytest.mark.parametrize("n", range(20))
def test_messages_that_come_twice_and_in_any_order_leave_nothing(n):
    sim = in_mid_traffic(seed=f"{SEED}.{n}", twice=0.5, refused=0.2)
    sim.faults = Interleaved(sim, 0.1, NoFaults())

    delete(sim)

    check(sim)


def test_every_call_of_an_erasure_is_a_point():
    assert set(calls()) >= {
        "erasures.begin",
        "erasures.finish",
        "queues.send_erasure",
        "subscribers.remove",
        "attachments.remove",
        "invocations.forget",
        "chunks.anonymize",
        "waiting.record",
        "history.remove",
        "feeds.remove",
    }
