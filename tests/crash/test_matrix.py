"""A kill before and after every call to the outside, of every process that makes it."""

from functools import cache

from tests.crash.kills import KillOnce, Watch, each_kill
from tests.crash.scenario import EVENTS, SEED, check, events, play, reference, simulation


@cache
def calls():
    sim = simulation()
    sim.faults = watch = Watch()
    play(sim, list(events(200)))
    return sorted(watch.calls)


@each_kill(calls())
def test_a_kill_loses_nothing(call, late):
    sim = simulation(seed=SEED)
    sim.faults = kills = KillOnce(call, late=late)

    play(sim, list(events(EVENTS)))

    assert kills.killed
    assert len(sim.acknowledged) == EVENTS
    check(sim, reference(EVENTS))


def test_every_call_on_the_way_is_a_point():
    """What a change adds to the way is killed at too; this says what there was to kill at."""
    assert set(calls()) >= {
        "attachments.find",
        "attachments.put",
        "chunks.claim",
        "chunks.insert",
        "chunks.record",
        "due.due",
        "due.postpone",
        "egress.send",
        "event_types.get_many",
        "feeds.add",
        "integrations.all",
        "integrations.switch",
        "invocations.cancelled",
        "invocations.freeze_page",
        "invocations.get",
        "invocations.get_many",
        "invocations.record",
        "queues.send_chunks",
        "queues.send_jobs",
        "queues.send_pages",
        "queues.send_retries",
        "subscribers.get_many",
        "subscribers.save",
        "subscriptions.for_event",
        "templates.for_event",
        "topics.shard_members",
        "waiting.add",
        "waiting.claim",
        "waiting.get_many",
        "waiting.record",
    }
