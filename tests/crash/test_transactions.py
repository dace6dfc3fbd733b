"""Of two events with one transaction id exactly one happens; the other is a duplicate on record."""

import random
from datetime import timedelta

import pytest

from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.invocations import JobPosition
from carillon.domain.delivery.skips import SkipReason
from tests import builders as a
from tests import fakes
from tests.crash.kills import KillAt
from tests.crash.scenario import OK, SEED
from tests.simulation import NoFaults, Simulation

TIMES = 40
SECONDS = 2.0


def event(number):
    ana = a.person("ana", channels=(a.slack_address("ana"),))
    return a.trigger("welcome", ana, payload={"number": number}, transaction_id="t1")


def twice(sim, apart=SECONDS):
    """Two instances accept an event each, under the same id; callers ask until they are told."""
    for number in (1, 2):
        sim.fakes.invocations.forget_taken()  # nothing of what the other instance took
        while not sim.trigger(event(number)):
            sim.clock.advance(0.1)
        sim.clock.advance(apart)
    sim.settle()


def happened(sim):
    """The numbers of the events that were sent, each as often as it was."""
    bodies = [sent.request.body.decode() for sent in sim.sent if sent.accepted]
    return [number for body in bodies for number in (1, 2) if f"number is {number}" in body]


def duplicates(sim):
    now = sim.clock.now()
    jobs = sim.fakes.invocations.jobs(
        a.TENANT, since=fakes.START, upto=JobPosition(now + timedelta(days=1)), limit=100
    )
    return sum(
        head.skipped.get(SkipReason.DUPLICATE, 0) for job in jobs for head in job.invocations
    )


@pytest.mark.parametrize("number", range(TIMES))
def test_of_events_that_two_instances_accept_two_seconds_apart_the_first_happens(number):
    sim = Simulation(seed=f"{SEED}.{number}", outside=lambda *_: OK, twice=0.3)

    twice(sim)

    assert (happened(sim), duplicates(sim)) == ([1], 1)
    assert sim.fakes.invocations.get(a.TENANT, "t1").invocation.payload == {"number": 1}


@pytest.mark.parametrize("number", range(TIMES))
def test_where_the_queue_lets_the_second_overtake_it_exactly_one_happens(number):
    sim = Simulation(seed=f"{SEED}.{number}", outside=lambda *_: OK, twice=0.3)
    sim.queues.disorder = 20.0

    twice(sim)

    assert (len(happened(sim)), duplicates(sim)) == (1, 1)


@pytest.mark.parametrize("number", range(TIMES))
def test_whoever_dies_one_happens_and_the_other_never_does(number):
    chance = random.Random(f"{SEED}.{number}")
    sim = Simulation(seed=f"{SEED}.{number}", outside=lambda *_: OK, twice=0.3)
    sim.faults = KillAt(chance.randrange(1, 40), chance.randrange(40, 80))

    twice(sim)
    sim.faults = NoFaults()
    sim.settle()

    assert len(set(happened(sim))) == 1
    assert duplicates(sim) >= 1  # a caller who was not told asked again, and that is one more
    chat = [one for one in sim.records().values() if not one.skip]
    assert [one.status for one in chat] == [Status.SENT]


def test_events_of_one_instance_keep_their_order_however_close_they_are():
    for number in range(TIMES):
        sim = Simulation(seed=f"{SEED}.{number}", outside=lambda *_: OK)
        sim.queues.disorder = 20.0
        sim.trigger(event(1))
        sim.trigger(event(2))

        sim.settle()

        assert (happened(sim), duplicates(sim)) == ([1], 1)
