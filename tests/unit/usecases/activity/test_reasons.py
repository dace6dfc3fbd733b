"""Each reason not to be reached: it is on record, with its count, and the event comes to an end."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carillon.domain.audience.preferences import Preference
from carillon.domain.base.channels import Channel
from carillon.domain.base.spans import Span
from carillon.domain.catalogue.event_types import Defaults
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.invocations import Progress
from carillon.domain.delivery.skips import SENTENCES, SkipReason
from carillon.domain.delivery.transport import Response
from carillon.domain.intake.triggers import Everybody, TopicRecipient
from carillon.usecases.activity import find_deliveries
from carillon.usecases.activity.progress import follow
from carillon.usecases.delivery import fan_out
from carillon.usecases.intake import trigger
from tests import builders as a
from tests.skipping import ANA, CASES, MAIL, TAKEN, change, happen, integrate, prefer, simulation


def test_every_reason_has_a_case_and_a_sentence():
    assert {*CASES, SkipReason.DUPLICATE} == set(SkipReason) == SENTENCES.keys()
    assert not {*SkipReason} & {*Status}, "a tally counts both under their own names"


@pytest.mark.parametrize("reason", CASES)
def test_who_is_not_reached_is_on_record_with_the_reason(reason):
    sim = simulation()
    CASES[reason](sim)

    followed = follow("t1", ports=sim.fakes.of(a.TENANT))

    assert followed.skipped.get(reason) == 1
    assert followed.counts[Status.SKIPPED] == sum(followed.skipped.values())
    expected = Progress.SENT if reason is SkipReason.UNKNOWN_SUBSCRIBER else Progress.COMPLETED
    assert followed.progress is expected
    assert sum(followed.counts.values()) == followed.planned
    assert len(sim.sent) == (expected is Progress.SENT)


@pytest.mark.parametrize("reason", list(CASES)[:12])
def test_a_recipient_on_a_channel_has_a_record_of_its_own(reason):
    sim = simulation()
    CASES[reason](sim)

    [record] = sim.records().values()
    assert (record.status, record.skip, record.channel) == (Status.SKIPPED, reason, MAIL)
    assert record.attempts == 0


def test_the_event_of_a_transaction_that_came_before_is_a_duplicate_and_the_first_happens():
    sim = simulation()
    happen(sim)
    sim.clock.advance(1)
    sim.trigger(a.trigger("welcome", a.person("ben", email="b@example.com"), transaction_id="t1"))
    sim.run()

    ports = sim.fakes.of(a.TENANT)
    newest, first = find_deliveries.activity(Span(), None, None, 10, ports=ports).items

    assert (newest.head.id, newest.head.skipped) == ("t1", {SkipReason.DUPLICATE: 1})
    assert (first.head.id, first.head.skipped) == ("t1", {})
    assert [record.subscriber for record in sim.records().values()] == ["ana"]


def test_of_two_events_of_one_request_with_a_transaction_id_the_first_happens():
    sim = simulation()
    ben = a.person("ben", email="b@example.com")
    ports = sim.fakes.of(a.TENANT)
    events = [a.trigger("welcome", person, transaction_id="t1") for person in (ANA, ben)]
    trigger.accept(events, ports=sim.ports.of(a.TENANT))
    sim.run()

    first, second = find_deliveries.activity(Span(), None, None, 10, ports=ports).items

    assert (first.head.id, first.head.skipped) == ("t1", {})
    assert (second.head.id, second.head.skipped) == ("t1", {SkipReason.DUPLICATE: 1})
    assert [record.subscriber for record in sim.records().values()] == ["ana"]
    assert follow("t1", ports=ports).counts == {Status.SENT: 1}


def test_of_two_events_right_after_each_other_the_first_happens_whatever_order_the_queue_keeps():
    sim = simulation()
    ports = sim.fakes.of(a.TENANT)
    for person in (ANA, a.person("ben", email="b@example.com")):
        trigger.accept([a.trigger("welcome", person, transaction_id="t1")], ports=ports)
        sim.clock.advance(0.001)
    first, second = sim.fakes.queues.jobs

    for job in (second, first):
        fan_out.fan_out(job, ports=ports)

    [chunk] = sim.fakes.queues.chunks
    assert [one.subscriber for one in chunk.deliveries] == ["ana"]
    newest, oldest = find_deliveries.activity(Span(), None, None, 10, ports=ports).items
    assert (newest.head.skipped, oldest.head.skipped) == ({SkipReason.DUPLICATE: 1}, {})


def test_a_topic_is_passed_over_once_its_event_type_is_switched_off():
    sim = simulation()
    job = a.job(a.invocation("t1", TopicRecipient(topic="team")))
    ports = sim.ports.of(a.TENANT)
    fan_out.fan_out(job, ports=ports)
    change(sim, active=False)

    fan_out.fan_out(job, ports=ports)
    sim.run()

    followed = follow("t1", ports=ports)
    assert followed.skipped[SkipReason.EVENT_TYPE_INACTIVE] >= 1
    assert followed.progress is Progress.COMPLETED
    assert not sim.sent


def test_a_topic_of_thousands_who_have_no_address_is_counted_and_not_queued():
    sim = simulation()
    ids = [f"m{n:04}" for n in range(2_000)]
    sim.fakes.subscribers.save(a.TENANT, [a.subscriber(id) for id in ids])
    sim.fakes.topics.add_members(a.TENANT, "team", ids)
    happen(sim, TopicRecipient(topic="team"))

    followed = follow("t1", ports=sim.fakes.of(a.TENANT))

    assert followed.skipped == {SkipReason.NO_ADDRESS: 2_000}
    assert followed.counts == {Status.SENT: 1, Status.SKIPPED: 2_000}
    assert followed.progress is Progress.SENT
    assert len(sim.records()) <= 25, "those who share Ana's chunk have a record each"


switches = st.fixed_dictionaries(
    {
        "media": st.dictionaries(st.sampled_from([MAIL, Channel.CHAT]), st.booleans(), min_size=1),
        "enabled": st.sampled_from([None, True, False]),
        "channels": st.dictionaries(st.sampled_from([MAIL, Channel.CHAT]), st.booleans()),
        "own": st.sampled_from([None, True, False]),
        "default": st.booleans(),
        "muted": st.sets(st.sampled_from([MAIL, Channel.CHAT, "slack"])),
        "active": st.booleans(),
        "integrated": st.booleans(),
    }
)
recipients = st.lists(
    st.sampled_from(
        [
            ANA,
            a.person("ben"),
            a.person("cid", channels=(a.slack_address("cid"),)),
            TopicRecipient(topic="team"),
            TopicRecipient(topic="team", exclude=("ana",)),
            TopicRecipient(topic="nothing"),
            Everybody(but=("ben",)),
        ]
    ),
    max_size=4,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(switches=switches, recipients=recipients, answer=st.sampled_from([200, 400, 404]))
def test_what_was_planned_is_what_came_to_an_end(switches, recipients, answer):
    sim = simulation()
    sim._outside = lambda *_: Response(status=answer, body=TAKEN.body)
    sim.trigger(replace(a.trigger("welcome"), recipients=tuple(recipients), transaction_id="t1"))
    change(
        sim,
        media=switches["media"],
        muted=frozenset(switches["muted"]),
        defaults=Defaults(enabled=switches["default"]),
    )
    overall = Preference(enabled=switches["enabled"], channels=switches["channels"])
    prefer(sim, overall, Preference(enabled=switches["own"]))
    integrate(sim, active=switches["active"])
    if not switches["integrated"]:
        sim.fakes.integrations.remove(a.TENANT, "int_slack")
    sim.run()

    followed = follow("t1", ports=sim.fakes.of(a.TENANT))

    assert followed.progress not in {Progress.ACCEPTED, Progress.PROCESSING}
    assert sum(followed.counts.values()) == followed.planned > 0
    assert sum(followed.skipped.values()) == followed.counts.get(Status.SKIPPED, 0)
    recount = Counter(record.status for record in sim.records().values())
    recount[Status.SKIPPED] += sum(followed.reach.skipped.values())
    assert followed.counts == +recount


@pytest.mark.parametrize("again", [1, 2])
def test_a_repeated_fan_out_finds_what_it_recorded(again):
    ports = a.world()
    job = a.job(a.invocation("i1", a.person("ben")))
    fan_out.fan_out(job, ports=ports.of(a.TENANT))
    before = follow("i1", ports=ports.of(a.TENANT))

    for _ in range(again):
        fan_out.fan_out(job, ports=ports.of(a.TENANT))

    assert follow("i1", ports=ports.of(a.TENANT)) == before
    assert before.counts == {Status.SKIPPED: 2}
