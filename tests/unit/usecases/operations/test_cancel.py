"""What is cancelled is not sent any more, wherever on its way it was."""

from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.domain.base.errors import NotFound
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.transport import Response
from carillon.usecases.operations.cancel import cancel
from tests import builders as a
from tests.simulation import Simulation


def simulate(status=200):
    sim = Simulation(outside=lambda *_: Response(status=status, body=b"ok"))
    people = [a.person(n, channels=(a.slack_address(n),)) for n in ("ana", "ben")]
    sim.trigger(a.trigger("welcome", *people, transaction_id="i1"))
    sim.trigger(a.trigger("welcome", *people, transaction_id="i2"))
    return sim


def statuses(sim, invocation="i1"):
    """Where the deliveries by chat stand; nobody here has another address."""
    return {one.status for one in sim.by_invocation()[invocation] if not one.skip}


def test_what_is_queued_is_not_sent():
    sim = simulate()
    while not sim.fakes.invocations.by_id:
        sim.run(timedelta(milliseconds=10))
    [id] = [id for _, id in sim.fakes.invocations.by_id]  # the other event is still behind it
    assert sim.sent == []

    cancel(id, ports=sim.ports.of(a.TENANT))
    sim.run()

    assert statuses(sim, id) == {Status.CANCELLED}
    assert statuses(sim, "i1" if id == "i2" else "i2") == {Status.SENT}


def test_what_waits_for_a_retry_is_cancelled_at_once_and_other_events_are_not():
    sim = simulate(status=503)
    sim.run(timedelta(minutes=1))
    sent = len(sim.sent)

    cancel("i1", ports=sim.ports.of(a.TENANT))

    assert statuses(sim) == {Status.CANCELLED}
    chat = [one for one in sim.by_invocation()["i1"] if not one.skip]
    assert {len(one.history) for one in chat} == {3}
    assert statuses(sim, "i2") == {Status.RETRYING}
    sim.run(timedelta(hours=1))
    assert len(sim.sent) > sent
    assert statuses(sim) == {Status.CANCELLED}


def test_what_was_sent_stays_sent():
    sim = simulate()
    sim.run()

    cancel("i1", ports=sim.ports.of(a.TENANT))
    sim.run()

    assert statuses(sim) == {Status.SENT}


def test_what_a_worker_has_is_left_to_it_and_ends_before_its_next_attempt():
    sim = simulate(status=503)
    sim.run(timedelta(seconds=3))
    waiting = [w for w in sim.fakes.waiting.by_key.values() if w.delivery.invocation == "i1"]
    sim.fakes.waiting.claim(waiting, sim.clock.now())

    cancel("i1", ports=sim.ports.of(a.TENANT))
    assert statuses(sim) == {Status.RETRYING}
    sent = sim.sent_to().total()
    sim.fakes.integrations.remove(a.TENANT, "int_slack")
    sim.run()

    assert statuses(sim) == {Status.CANCELLED}
    assert sim.sent_to().total() == sent


def test_what_never_was_cannot_be_cancelled():
    sim = simulate()

    with pytest.raises(NotFound):
        cancel("nothing", ports=sim.ports.of(a.TENANT))


def test_a_tenant_that_is_switched_off_is_sent_nothing():
    sim = simulate()
    sim.fakes.tenants.put(replace(sim.fakes.tenants.get(a.TENANT), active=False))

    sim.run()

    assert statuses(sim) == {Status.CANCELLED}
    codes = {one.code for one in sim.by_invocation()["i1"] if not one.skip}
    assert codes == {"tenant_inactive"}
    assert sim.sent == []
