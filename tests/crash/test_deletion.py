"""A kill before and after every call that deleting a tenant makes, in mid traffic."""

from datetime import timedelta
from functools import cache

import pytest

from carillon.domain.delivery.deliveries import Status
from carillon.usecases.tenancy.deletion import begin
from tests import builders as a
from tests.crash.kills import Interleaved, KillOnce, Watch, each_hidden, each_kill
from tests.crash.scenario import (
    NEIGHBOUR,
    SEED,
    TENANT,
    add_neighbour,
    check_deleted,
    events,
    insist,
    sent_to_neighbour,
    simulation,
)
from tests.simulation import NoFaults

EVENTS = 100
NEIGHBOURS = 5


def in_mid_traffic(faults=None, **options):
    """Some of the events are sent, some wait for a retry, some are queued."""
    sim = simulation(**options)
    add_neighbour(sim.fakes)
    sim.faults = faults or NoFaults()
    some = list(events(EVENTS))
    sim.trigger(*some[: EVENTS // 2])
    sim.run(timedelta(seconds=30))
    sim.trigger(*some[EVENTS // 2 :])
    ours = [a.trigger("order", transaction_id=f"{NEIGHBOUR}{n}") for n in range(NEIGHBOURS)]
    sim.insist(*ours, tenant=NEIGHBOUR)
    for _ in range(10):
        sim.run(timedelta(milliseconds=50))
    return sim


def delete(sim):
    insist(sim, "delete", lambda ports: begin(TENANT, ports=ports))


def check_all(sim):
    check_deleted(sim)
    grouped = sim.by_invocation()
    assert grouped.keys() == {f"{NEIGHBOUR}{n}" for n in range(NEIGHBOURS)}
    # To the neighbour's webhook; Ana, whom the events name, has no integration for mails there.
    for some in grouped.values():
        assert sorted(one.status for one in some) == [Status.SENT, Status.SKIPPED]


@cache
def calls():
    sim = in_mid_traffic(seed=SEED)
    sim.faults = watch = Watch()
    delete(sim)
    check_all(sim)
    return sorted(watch.calls)


@each_kill(calls())
def test_a_kill_leaves_nothing(call, late):
    sim = in_mid_traffic(seed=SEED)
    began = sim.clock.now()
    sim.faults = kills = KillOnce(call, late=late)

    delete(sim)

    assert kills.killed
    check_all(sim)
    if call not in {"tenants.save", "tenants.get"}:  # else it was deleted a little later
        own = [sent for sent in sim.sent if not sent_to_neighbour(sent)]
        assert all(sent.at <= began for sent in own)


@each_hidden
def test_what_a_dead_worker_had_comes_after_the_removal_and_leaves_nothing(call, late):
    """Its message is hidden for longer than the removal waits."""
    sim = in_mid_traffic(KillOnce(call, late=late), seed=SEED)
    assert sim.crashes
    sim.faults = NoFaults()

    delete(sim)

    check_all(sim)


@pytest.mark.parametrize("n", range(20))
def test_messages_that_come_twice_and_in_any_order_leave_nothing(n):
    sim = in_mid_traffic(seed=f"{SEED}.{n}", twice=0.5, refused=0.2)
    sim.faults = Interleaved(sim, 0.1, NoFaults())

    delete(sim)

    check_all(sim)


def test_every_call_of_a_deletion_is_a_point():
    assert set(calls()) >= {
        "tenant_data.remove_some",
        "queues.send_deletion",
        "tenants.bury",
        "tenants.get",
        "tenants.save",
    }
