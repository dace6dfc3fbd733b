"""Queues and tables that fail without anybody dying."""

import random
from itertools import batched

import pytest

from carillon.domain.audience.topics import Topic
from carillon.domain.base.errors import Unavailable
from carillon.domain.delivery.deliveries import Status
from carillon.domain.intake.triggers import Accepted, Refused, TopicRecipient
from carillon.usecases.audience.updates import upsert
from carillon.usecases.delivery import fan_out
from tests import builders as a
from tests.crash.kills import Interleaved
from tests.crash.scenario import BULK, EVENTS, SEED, check, events, play, reference, simulation
from tests.simulation import CALLS_OUT, NoFaults, Simulation
from tests.simulation.queues import MOST_RECEIVES

RECIPIENTS = min(10 * EVENTS, 100_000)
PAGE = min(RECIPIENTS // 40, fan_out.PAGE_SIZE)  # so that each of 16 shards has some


# Queues refuse by themselves: what they do not take is in their answer.
STORES = CALLS_OUT - {"egress", "queues"}


class Throttled:
    """A share of the calls to stores is refused, before they took effect or after."""

    def __init__(self, chance, share):
        self._chance, self._share = chance, share
        self.asked = set()
        self.refused = 0

    def begin(self, process): ...

    def before(self, call):
        self._refuse(call, self._share / 2)

    def after(self, call):
        """An answer that was lost on its way: the write is there, and nobody knows."""
        self._refuse(call, self._share / 2)

    def _refuse(self, call, share):
        port = call.partition(".")[0]
        if port not in STORES:
            return
        self.asked.add(port)
        if self._chance.random() < share:
            self.refused += 1
            raise Unavailable("DynamoDB is not available")


# What accepting, fanning out, delivering and sweeping ask; the other stores are not on the way.
ASKED = {
    "attachments",
    "chunks",
    "dispatches",
    "due",
    "event_types",
    "feeds",
    "history",
    "identities",
    "integrations",
    "invocations",
    "senders",
    "spending",
    "subscribers",
    "subscriptions",
    "templates",
    "tenants",
    "topics",
    "waiting",
}


def test_tables_that_refuse_a_third_of_all_calls_lose_nothing_and_are_no_attempt():
    sim = simulation(seed=SEED)
    sim.faults = faults = Throttled(random.Random(SEED), 0.3)
    triggers = list(events(EVENTS))

    told = {}
    for start in range(0, EVENTS, BULK):
        some = triggers[start : start + BULK]
        for _ in range(500):
            if not (left := [t for t in some if t.transaction_id not in sim.acknowledged]):
                break
            for answer in sim.trigger(*left):
                told.setdefault(answer.id, []).append(answer)
    sim.settle()

    assert faults.refused > EVENTS / 10
    assert faults.asked >= ASKED
    assert all(isinstance(t, Accepted | Refused) for answers in told.values() for t in answers)
    assert len(sim.acknowledged) == EVENTS
    check(sim, reference(EVENTS), slow=True)


def test_an_event_that_could_not_be_stored_is_never_called_accepted():
    sim = simulation(seed=SEED, refused=0.8)
    triggers = list(events(EVENTS))

    for some in batched(triggers, 10, strict=False):
        sim.trigger(*some)
    sim.queues.refused = 0.0
    sim.run()

    assert 0 < len(sim.acknowledged) < EVENTS
    assert {invocation for _, invocation in sim.fakes.invocations.by_id} == set(sim.acknowledged)
    assert all(record.status.final for record in sim.records().values())


def test_a_queue_that_takes_seven_of_ten_reaches_everybody_once(monkeypatch):
    monkeypatch.setattr(fan_out, "PAGE_SIZE", PAGE)
    sim = Simulation(seed=SEED)
    sim.fakes.topics.put(a.TENANT, Topic(key="t", name="t", created_at=a.NOW, updated_at=a.NOW))
    names = [f"m{n}" for n in range(RECIPIENTS)]
    people = [a.person(name, channels=(a.slack_address(name),)) for name in names]
    upsert(people, ports=sim.ports.of(a.TENANT))
    sim.fakes.topics.add_members(a.TENANT, "t", names)
    sim.trigger(a.trigger("welcome", TopicRecipient(topic="t"), transaction_id="big"))
    sim.queues.refused = 0.3

    sim.settle()

    assert {record.status for record in sim.records().values()} == {Status.SENT}
    assert sorted(record.subscriber for record in sim.records().values()) == sorted(names)
    assert len(sim.sent) == RECIPIENTS


def test_messages_that_come_twice_and_in_disorder_are_sent_once():
    sim = simulation(seed=SEED, twice=0.2)

    play(sim, list(events(EVENTS)))

    check(sim, reference(EVENTS))
    assert not sim.forgiven


def test_workers_that_meet_at_the_same_message_send_it_once():
    sim = simulation(seed=SEED, twice=1.0)
    sim.faults = Interleaved(sim, 0.2, NoFaults())

    play(sim, list(events(EVENTS)))

    check(sim, reference(EVENTS))
    assert not sim.forgiven


@pytest.mark.parametrize("poison", ["{", '{"kind":"chunk","v":1}', '{"kind":"job","v":2}', "[]"])
@pytest.mark.parametrize("queue", ["fan_out", "chat"])
def test_poison_dies_within_its_receives_and_harms_no_neighbour(poison, queue):
    sim = simulation(seed=SEED)
    for _ in range(20):
        sim.queues.inject(queue, poison, a.TENANT)

    play(sim, list(events(BULK)))

    assert [letter.receives for letter in sim.queues.dead] == [MOST_RECEIVES] * 20
    sim.queues.dead.clear()
    check(sim, reference(BULK))
