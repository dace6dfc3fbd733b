"""Accepting events: what is stored, what is refused, and that both are said truthfully."""

from dataclasses import replace

from carillon.adapters.caching import CachedEventTypes, Configuration
from carillon.domain.base.errors import (
    Invalid,
    NotFound,
    Unavailable,
)
from carillon.domain.intake.narrowing import RecipientFilter
from carillon.domain.intake.triggers import Accepted, Refused
from carillon.usecases.intake.trigger import accept
from tests import builders as a
from tests import fakes


def errors(answers):
    return [type(answer.error) if isinstance(answer, Refused) else None for answer in answers]


def test_events_of_one_request_share_one_message():
    ports = a.world()

    answers = accept([a.trigger() for _ in range(100)], ports=ports.of(a.TENANT))

    assert all(isinstance(answer, Accepted) for answer in answers)
    assert [len(job.invocations) for job in ports.queues.jobs] == [100]
    assert [i.id for i in ports.queues.jobs[0].invocations] == [answer.id for answer in answers]


def test_one_bad_event_does_not_sink_its_neighbours():
    ports = a.world()

    answers = accept([a.trigger(), a.trigger("no-such"), a.trigger()], ports=ports.of(a.TENANT))

    assert errors(answers) == [None, NotFound, None]
    assert len(ports.queues.jobs[0].invocations) == 2


def test_big_requests_are_packed_into_as_few_messages_as_hold_them():
    ports = a.world()
    triggers = [a.trigger(payload={"x": "y" * 200_000}) for _ in range(10)]

    accept(triggers, ports=ports.of(a.TENANT))

    assert [len(job.invocations) for job in ports.queues.jobs] == [4, 4, 2]


def test_what_the_queue_did_not_take_is_not_acknowledged():
    ports = a.world()
    ports.queues.refuse_next = 1

    answers = accept([a.trigger(), a.trigger("no-such")], ports=ports.of(a.TENANT))

    assert errors(answers) == [Unavailable, NotFound]


def test_a_transaction_id_is_kept_and_twice_is_once():
    ports = a.world()

    answers = accept([a.trigger(transaction_id="t1")] * 2, ports=ports.of(a.TENANT))

    assert [answer.id for answer in answers] == ["t1", "t1"]
    assert [i.id for i in ports.queues.jobs[0].invocations] == ["t1"]


def test_an_idempotency_key_gives_a_repeated_request_the_same_ids():
    def ids(key, number):
        triggers = [a.trigger(payload={"number": n}) for n in (1, number)]
        answers = accept(triggers, ports=a.world().of(a.TENANT), idempotency_key=key)
        return [answer.id for answer in answers]

    assert ids("k", 2) == ids("k", 2)
    assert not set(ids("k", 2)) & set(ids("other", 2))
    # Reused by mistake for other events: only what is the same is a repetition.
    assert [x == y for x, y in zip(ids("k", 2), ids("k", 3), strict=True)] == [True, False]


def test_a_paused_event_is_accepted_and_says_so():
    ports = a.world()
    paused = a.event_type("quiet", paused=True)
    ports.event_types.save(a.TENANT, paused, expected=None)

    [answer] = accept([a.trigger("quiet")], ports=ports.of(a.TENANT))

    assert answer.paused
    assert ports.queues.jobs[0].invocations[0].paused


def test_a_key_of_some_environments_triggers_for_these_alone():
    ports = a.world()
    asked = [
        None,
        RecipientFilter(environments=("test", "live")),
        RecipientFilter(environments=("live",)),
    ]

    answers = accept(
        [a.trigger(narrowing=one) for one in asked],
        ports=ports.of(a.TENANT),
        environments=("test",),
    )

    assert errors(answers) == [None, None, Invalid]
    stored = ports.queues.jobs[0].invocations
    assert [i.narrowing.environments for i in stored] == [("test",), ("test",)]


def remembering(ports, record):
    """One process: it shares the stores with others, and has caches of its own."""
    configuration = Configuration(record, ports.clock, remembers=True)
    events = CachedEventTypes(ports.event_types, configuration)
    return replace(ports, record=configuration, event_types=events)


def test_a_refusal_comes_of_what_is_stored_now_and_not_of_what_was_remembered():
    own = a.world().of(a.TENANT)
    record = fakes.SharedRecord(own)
    here, there = (remembering(own, record) for _ in range(2))
    off = a.event_type(version=2, active=False)
    there.event_types.save(off, expected=1)
    [refused] = accept([a.trigger()], ports=here)
    assert isinstance(refused, Refused)

    there.event_types.save(a.event_type(version=3), expected=2)
    [answer] = accept([a.trigger()], ports=here)

    assert isinstance(answer, Accepted)


def test_a_pause_comes_of_what_is_stored_now_and_not_of_what_was_remembered():
    own = a.world().of(a.TENANT)
    record = fakes.SharedRecord(own)
    here, there = (remembering(own, record) for _ in range(2))
    there.event_types.save(a.event_type(version=2, paused=True), expected=1)
    [paused] = accept([a.trigger()], ports=here)
    assert paused.paused

    there.event_types.save(a.event_type(version=3), expected=2)
    [answer] = accept([a.trigger()], ports=here)

    assert not answer.paused
