"""What an invocation tells of itself: counts that are a recount, and how far it has come."""

from collections import Counter
from datetime import timedelta

import pytest

from carillon.domain.audience.subscribers import SHARDS
from carillon.domain.audience.topics import Topic
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.invocations import Progress
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.delivery.transport import Response
from carillon.domain.intake.triggers import TopicRecipient
from carillon.usecases.activity.progress import FanOutProgress, follow
from carillon.usecases.delivery import fan_out
from tests import builders as a
from tests.simulation import Crash, NoFaults, Simulation

MEMBERS = 200
STEPS = [1, 2, 5, 10, 30, 60, 300, 600, 1_800, 7_200, 21_600, 43_200, 86_400, 86_400]
ANSWERS = [(200, b"ok"), (503, b""), (429, b""), (400, b"invalid_payload"), (404, b"no_team")]


class Chaos(NoFaults):
    """Every so often a process dies, before or after a call."""

    def __init__(self, chance):
        self.chance = chance

    def before(self, call):
        if self.chance.random() < 0.005:
            raise Crash(call)

    after = before


def storm(seed):
    """A provider that fails half of the time, messages that come twice, processes that die."""

    def outside(_request, _now):
        status, body = sim.chance.choices(ANSWERS, [5, 3, 1, 1, 1])[0]
        return Response(status=status, body=body)

    sim = Simulation(seed=seed, outside=outside, twice=0.1)
    everyone = [f"m{n:03}" for n in range(MEMBERS)]
    sim.fakes.subscribers.save(
        a.TENANT, [a.subscriber(m, channels=(a.slack_address(m),)) for m in everyone]
    )
    sim.fakes.topics.put(a.TENANT, Topic(key="all", name="all", created_at=a.NOW, updated_at=a.NOW))
    sim.fakes.topics.add_members(a.TENANT, "all", everyone)
    people = [a.person(f"p{n}", channels=(a.slack_address(f"p{n}"),)) for n in range(30)]
    everybody = [*people, TopicRecipient(topic="all")]
    sim.trigger(a.trigger("welcome", *everybody, transaction_id="all"))
    for person in people:
        sim.trigger(a.trigger("welcome", person, transaction_id=person.id))
    sim.faults = Chaos(sim.chance)
    return sim


@pytest.mark.parametrize("seed", range(5))
def test_counts_equal_a_recount_at_every_moment_of_a_storm(seed, monkeypatch):
    monkeypatch.setattr(fan_out, "PAGE_SIZE", 5)
    sim = storm(seed)
    retrying = 0

    for seconds in STEPS:
        sim.run(until=timedelta(seconds=seconds))
        recount = sim.by_invocation()
        for id in sim.acknowledged:
            if (a.TENANT, id) not in sim.fakes.invocations.by_id:
                continue
            followed = follow(id, ports=sim.fakes.of(a.TENANT))
            counted = Counter(one.status for one in recount.get(id, ()))
            counted[Status.SKIPPED] += sum(followed.reach.skipped.values())
            assert followed.counts == +counted
            retrying += followed.counts.get(Status.RETRYING, 0)
            if followed.progress is Progress.SENT:
                assert followed.reach.complete
                assert sum(followed.counts.values()) == followed.planned
                assert followed.counts.keys() <= {Status.SENT, Status.SKIPPED}

    assert retrying
    assert sim.crashes
    sim.faults = NoFaults()
    sim.settle()
    first = next(iter(sim.acknowledged))
    followed = follow(first, ports=sim.fakes.of(a.TENANT))
    assert (followed.reach.recipients, followed.reach.complete) == (30 + MEMBERS, True)
    # By chat all are sent it, and by email nobody has an address.
    assert sum(followed.counts.values()) == followed.planned == 2 * (30 + MEMBERS)
    assert followed.skipped == {SkipReason.NO_ADDRESS: 30 + MEMBERS}
    assert Status.RETRYING not in followed.counts


def followed_after(ports, *pages):
    """An invocation to two topics after these pages: topic, shard, and how many members."""
    event = a.invocation("i1", recipients=(TopicRecipient(topic="a"), TopicRecipient(topic="b")))
    fan_out.fan_out(a.job(event), ports=ports.of(a.TENANT))
    sent = {(page.topic, page.shard): page for page in ports.queues.pages}
    for topic, shard, size in pages:
        ports.invocations.freeze_page(sent[topic, shard], [f"{n}" for n in range(size)])
        ports.invocations.plan_page(sent[topic, shard], 2 * size)
    return follow("i1", ports=ports.of(a.TENANT)).reach


def test_recipients_are_all_found_when_no_shard_has_more_pages():
    every = [(topic, shard, 3) for topic in "ab" for shard in range(SHARDS)]

    assert followed_after(a.world()) == FanOutProgress(0, 0, complete=False)
    assert followed_after(a.world(), *every[1:]) == FanOutProgress(31 * 3, 31 * 6, complete=False)
    assert followed_after(a.world(), *every) == FanOutProgress(32 * 3, 32 * 6, complete=True)
    full = [("a", 0, fan_out.PAGE_SIZE), *every[1:]]
    assert followed_after(a.world(), *full) == FanOutProgress(
        500 + 31 * 3, 1000 + 31 * 6, complete=False
    )


def test_a_subscribed_topic_counts_though_nobody_named_it():
    ports = a.world()
    ports.subscriptions.put(a.TENANT, a.subscription(a.Target.TOPIC, "news"))
    fan_out.fan_out(a.job(), ports=ports.of(a.TENANT))

    before = follow("i1", ports=ports.of(a.TENANT))
    ports.subscriptions.remove(a.TENANT, "sub_news")
    while ports.queues.pages:
        fan_out.fan_out_page(ports.queues.pages.pop(), ports=ports.of(a.TENANT))

    assert before.reach == FanOutProgress(1, 2, complete=False)
    after = follow("i1", ports=ports.of(a.TENANT)).reach
    skipped = {SkipReason.UNKNOWN_TOPIC: 1}  # which was never made
    assert after == FanOutProgress(1, 2, complete=True, skipped=skipped)


def test_a_page_is_not_complete_before_its_deliveries_are_on_their_way():
    ports = a.world()
    event = a.invocation("i1", recipients=(TopicRecipient(topic="a"),))
    fan_out.fan_out(a.job(event), ports=ports.of(a.TENANT))
    for page in ports.queues.pages:
        ports.invocations.freeze_page(page, ["ana"])

    reach = follow("i1", ports=ports.of(a.TENANT)).reach

    assert reach == FanOutProgress(SHARDS, 0, complete=False)


def test_an_invocation_is_sent_when_all_that_was_planned_is():
    sim = Simulation()
    people = [a.person(f"p{n}", channels=(a.slack_address(f"p{n}"),)) for n in range(60)]
    sim.trigger(a.trigger("welcome", *people, transaction_id="i1"))
    seen = []

    while not seen or seen[-1] is not Progress.SENT:
        sim.run(timedelta(milliseconds=20))
        if (a.TENANT, "i1") in sim.fakes.invocations.by_id:
            followed = follow("i1", ports=sim.fakes.of(a.TENANT))
            seen.append(followed.progress)
            sent = followed.counts.get(Status.SENT, 0)
            assert (followed.progress is Progress.SENT) == (sent == len(people))

    assert Progress.PROCESSING in seen


def test_a_repeated_fan_out_goes_to_the_topics_of_the_first():
    ports = a.world()
    ports.subscriptions.put(a.TENANT, a.subscription(a.Target.TOPIC, "news"))
    fan_out.fan_out(a.job(), ports=ports.of(a.TENANT))
    first = list(ports.queues.pages)
    ports.subscriptions.remove(a.TENANT, "sub_news")

    fan_out.fan_out(a.job(), ports=ports.of(a.TENANT))

    assert ports.queues.pages == first + first
