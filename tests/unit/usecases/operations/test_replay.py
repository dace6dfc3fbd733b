"""What was is made anew: where it should, once, and linked to what it repeats."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.domain.audience.preferences import Preference, Preferences
from carillon.domain.audience.topics import Topic
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import NotFound, Unavailable
from carillon.domain.base.spans import Span
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.delivery.transport import Response
from carillon.domain.intake.triggers import TopicRecipient
from carillon.usecases.activity.progress import follow
from carillon.usecases.audience.updates import upsert
from carillon.usecases.operations.replay import PAGE_SIZE, replay, replay_range, replayed
from tests import builders as a
from tests.simulation import Simulation

OK = Response(status=200, body=b"ok")


class Outside:
    """Refuses for good what goes to these."""

    def __init__(self, *refused):
        self.refused = set(refused)

    def __call__(self, request, _now):
        return Response(status=413) if request.url.rpartition("/")[2] in self.refused else OK


def person(name, place=None):
    return a.person(name, channels=(a.slack_address(place or name),))


def simulate(outside, *people, id="i1"):
    sim = Simulation(outside=outside)
    sim.trigger(a.trigger("welcome", *people, transaction_id=id))
    sim.run()
    return sim


def again(sim, **choice):
    """The accounts of a replay of the invocation."""
    choice = {"id": "r1", "invocation": "i1"} | choice
    asked = replay(choice.pop("id"), **choice, ports=sim.ports.of(a.TENANT))
    sim.run()
    return list(sim.by_invocation().get(asked.target, []))


def of_status(sim, status, subscriber="ana"):
    """The one delivery to somebody that has come to this."""
    found = [o for o in sim.records().values() if (o.subscriber, o.status) == (subscriber, status)]
    [one] = found
    return one.delivery


def made(found):
    """What became of each subscriber: the reason of a skip, or the status."""
    return {one.subscriber: one.skip or one.status for one in found}


def places(sim):
    return [sent.request.url.rpartition("/")[2] for sent in sim.sent]


def test_what_failed_is_made_anew_and_names_what_it_repeats():
    outside = Outside("ben")
    sim = simulate(outside, person("ana"), person("ben"), person("cyd"))
    [failed] = [one for one in sim.records().values() if one.status is Status.FAILED]
    outside.refused.clear()

    [one] = again(sim)

    assert (one.status, one.subscriber, one.replay_of) == (Status.SENT, "ben", failed.delivery)
    assert one.delivery != failed.delivery
    assert sim.records()[failed.delivery] == failed
    assert places(sim).count("ben") == 2
    anew = sim.fakes.invocations.get(a.TENANT, one.invocation).invocation
    original = sim.fakes.invocations.get(a.TENANT, "i1").invocation
    assert anew == replace(original, id=one.invocation, replay_of="i1")


def test_all_of_it_can_be_made_anew():
    sim = simulate(Outside(), person("ana"), person("ben"))

    found = again(sim, statuses=list(Status))

    sent = [one.subscriber for one in found if one.status is Status.SENT]
    skipped = [one.subscriber for one in found if one.skip is SkipReason.NO_ADDRESS]
    assert (sorted(sent), sorted(skipped)) == (["ana", "ben"], ["ana", "ben"])
    assert len(sim.sent) == 4


def test_what_was_skipped_goes_to_where_its_subscriber_is_reached_today():
    sim = simulate(Outside(), person("ana"))
    sim._outside = lambda *_: Response(status=200, body=b'{"MessageId": "m"}')
    upsert([a.person("ana", email="ana@x.example")], ports=sim.ports.of(a.TENANT))

    [one] = again(sim, statuses=[Status.SKIPPED])

    assert (one.status, one.channel, one.subscriber) == (Status.SENT, Channel.EMAIL, "ana")
    assert sim.records()[one.replay_of].skip is SkipReason.NO_ADDRESS


def test_of_two_deliveries_that_cannot_be_made_anew_each_is_skipped():
    sim = two_addresses(Outside("first", "second"))
    sim.fakes.subscribers.remove(a.TENANT, "ana")

    found = again(sim)

    assert [one.skip for one in found] == [SkipReason.UNKNOWN_SUBSCRIBER] * 2
    assert len({one.replay_of for one in found}) == 2
    assert follow(found[0].invocation, ports=sim.fakes.of(a.TENANT)).progress == "completed"


def test_single_deliveries_can_be_made_anew():
    sim = simulate(Outside("ana", "ben"), person("ana"), person("ben"))
    records = sim.records().values()
    [ana] = [one for one in records if one.subscriber == "ana" and not one.skip]

    found = again(sim, deliveries=[ana.delivery])

    assert [one.replay_of for one in found] == [ana.delivery]


def test_the_same_replay_asked_twice_happens_once():
    sim = simulate(Outside("ana"), person("ana"))

    again(sim)
    again(sim)

    assert len(sim.sent) == 2


@pytest.mark.parametrize("mended", [True, False])
def test_another_replay_of_the_same_deliveries_happens_only_when_it_is_asked_to_repeat(mended):
    outside = Outside("ana")
    sim = simulate(outside, person("ana"))
    failed = of_status(sim, Status.FAILED)
    if mended:
        outside.refused.clear()
    [first] = again(sim)
    asked = len(sim.sent)

    assert again(sim, id="r2") == []
    named = replay("r3", invocation="i1", deliveries=[failed], ports=sim.ports.of(a.TENANT))
    sim.run()
    assert len(sim.sent) == asked
    assert named.target == first.invocation
    record = sim.records()[failed]
    assert replayed([record], ports=sim.ports.of(a.TENANT)) == {failed: first.invocation}

    [repeated] = again(sim, id="r4", repeat=True)
    assert len(sim.sent) == asked + 1
    assert repeated.replay_of == failed
    assert replayed([record], ports=sim.ports.of(a.TENANT)) == {failed: repeated.invocation}


def test_a_replay_of_all_leaves_out_what_a_replay_of_some_has_made_anew():
    sim = simulate(Outside("ana", "ben"), person("ana"), person("ben"))
    again(sim, deliveries=[of_status(sim, Status.FAILED, "ana")])

    rest = again(sim, id="r2")

    assert [one.subscriber for one in rest] == ["ben"]


def test_a_replay_that_is_asked_again_takes_up_what_has_failed_since():
    sim = simulate(Outside("ana"), person("ana"), person("ben"))
    again(sim)
    for place, records in sim.fakes.chunks.records.items():
        sim.fakes.chunks.records[place] = {
            id: replace(one, status=Status.FAILED) if not one.replay_of else one
            for id, one in records.items()
        }

    found = again(sim)

    assert {one.subscriber for one in found} == {"ana", "ben"}
    assert Counter(places(sim)) == {"ana": 2, "ben": 2}


def test_what_a_replay_could_only_skip_can_be_replayed_again():
    outside = Outside("ana")
    sim = simulate(outside, person("ana"))
    outside.refused.clear()
    usable = sim.fakes.integrations.get(a.TENANT, "int_slack")
    sim.fakes.integrations.put(a.TENANT, replace(usable, active=False))
    assert made(again(sim)) == {"ana": SkipReason.INTEGRATION_INACTIVE}

    sim.fakes.integrations.put(a.TENANT, usable)

    assert made(again(sim, id="r2")) == {"ana": Status.SENT}


def test_a_replay_whose_message_comes_twice_happens_once():
    sim = simulate(Outside("ana"), person("ana"))
    sim.queues.twice = 1.0

    again(sim)

    assert len(sim.sent) == 2


def test_it_goes_to_where_the_subscriber_is_reached_today():
    sim = simulate(Outside("old"), person("ana", "old"))
    upsert([person("ana", "new")], ports=sim.ports.of(a.TENANT))

    found = again(sim)

    assert [one.status for one in found] == [Status.SENT]
    assert places(sim)[-1] == "new"


def two_addresses(outside):
    """After an event to Ana, at two integrations of one provider."""
    sim = Simulation(outside=outside)
    two = a.integration("slack", Channel.CHAT, id="int_two", identifier="two")
    sim.fakes.integrations.put(a.TENANT, two)
    first = replace(a.slack_address("first"), integration="slack")
    second = replace(a.slack_address("second"), integration="two")
    ana = a.person("ana", channels=(first, second))
    sim.trigger(a.trigger("welcome", ana, transaction_id="i1"))
    sim.run()
    return sim


def test_of_two_addresses_only_the_failed_one_is_repeated():
    outside = Outside("second")
    sim = two_addresses(outside)
    outside.refused.clear()

    again(sim)

    assert sorted(places(sim)) == ["first", "second", "second"]


def test_who_is_gone_gets_nothing():
    sim = simulate(Outside("ana", "ben"), person("ana"), person("ben"))
    sim.fakes.subscribers.remove(a.TENANT, "ana")

    assert made(again(sim)) == {"ana": SkipReason.UNKNOWN_SUBSCRIBER, "ben": Status.FAILED}


def test_who_wants_no_more_of_it_gets_nothing():
    sim = simulate(Outside("ana", "ben"), person("ana"), person("ben"))
    own = sim.fakes.subscribers.by_tenant[a.TENANT]
    own["ana"] = replace(own["ana"], preferences=Preferences(overall=Preference(enabled=False)))

    assert made(again(sim)) == {"ana": SkipReason.PREFERENCE_GLOBAL, "ben": Status.FAILED}


def mute(sim, *ways):
    """Have the tenant want no more of the event by these channels or providers."""
    event = sim.fakes.event_types.get(a.TENANT, "default/default", "welcome")
    muted = replace(event, muted=frozenset(ways), version=event.version + 1)
    sim.fakes.event_types.save(a.TENANT, muted, expected=event.version)


def test_what_the_tenant_wants_no_more_of_is_not_repeated():
    sim = simulate(Outside("ana"), person("ana"))
    mute(sim, "slack")

    assert made(again(sim)) == {"ana": SkipReason.MUTED}


def test_nothing_is_repeated_of_an_event_type_that_is_switched_off():
    sim = simulate(Outside("ana"), person("ana"))
    event = sim.fakes.event_types.get(a.TENANT, "default/default", "welcome")
    off = replace(event, active=False, version=event.version + 1)
    sim.fakes.event_types.save(a.TENANT, off, expected=event.version)

    assert made(again(sim)) == {"ana": SkipReason.EVENT_TYPE_INACTIVE}


def refused_webhook():
    """After an event that an integration's own target refused."""
    sim = Simulation(outside=lambda *_: Response(status=413))
    sim.fakes.integrations.put(a.TENANT, a.webhook())
    sim.fakes.subscriptions.put(a.TENANT, a.subscription(a.Target.INTEGRATION, "int_webhook"))
    sim.trigger(a.trigger("welcome", transaction_id="i1"))
    sim.run()
    return sim


def test_an_integrations_own_target_is_repeated():
    assert "int_webhook" in {one.integration for one in again(refused_webhook())}


def test_an_integrations_own_target_is_not_repeated_when_it_is_muted():
    sim = refused_webhook()
    mute(sim, "webhook")

    skips = {one.integration: one.skip for one in again(sim)}
    assert skips["int_webhook"] is SkipReason.MUTED


def test_many_are_made_anew_page_by_page_each_once():
    count = 2 * PAGE_SIZE + 50
    names = [f"p{n:04}" for n in range(count)]
    sim = Simulation(outside=Outside(*names))
    topic = Topic(key="all", name="all", created_at=a.NOW, updated_at=a.NOW)
    sim.fakes.topics.put(a.TENANT, topic)
    upsert([person(name) for name in names], ports=sim.ports.of(a.TENANT))
    sim.fakes.topics.add_members(a.TENANT, "all", names)
    sim.trigger(a.trigger("welcome", TopicRecipient(topic="all"), transaction_id="i1"))
    sim.run()
    assert len(sim.sent) == count

    found = again(sim)

    assert sorted(one.subscriber for one in found) == names
    assert len(sim.sent) == 2 * count


def test_what_never_was_cannot_be_replayed():
    sim = Simulation()

    with pytest.raises(NotFound):
        again(sim)


def test_a_replay_that_the_queue_does_not_take_is_said_so():
    sim = simulate(Outside("ana"), person("ana"))
    sim.queues.refused = 1.0

    with pytest.raises(Unavailable):
        again(sim)


def test_what_is_still_tried_is_left_to_that():
    sim = Simulation(outside=lambda *_: Response(status=503))
    sim.trigger(a.trigger("welcome", person("ana"), transaction_id="i1"))
    sim.run(timedelta(minutes=1))

    asked = replay("r1", invocation="i1", ports=sim.ports.of(a.TENANT))
    sim.run(timedelta(seconds=3))

    assert asked.target not in sim.by_invocation()


# --------------------------------------------------------------------------- a span of time


def over_time(outside, count):
    """One event an hour to somebody of its own, of two types in turn."""
    sim = Simulation(outside=outside)
    chat = a.event_type("alarm", media={Channel.CHAT: True})
    sim.fakes.event_types.save(a.TENANT, chat, expected=None)
    sim.fakes.templates.put(a.TENANT, a.template("alarm", Channel.CHAT))
    for n in range(count):
        event = "alarm" if n % 2 else "welcome"
        sim.trigger(a.trigger(event, person(f"p{n:02}"), transaction_id=f"i{n:02}"))
        sim.run(timedelta(hours=1))
    return sim


def span(sim, first, last):
    return Span(a.NOW + timedelta(hours=first), a.NOW + timedelta(hours=last))


def test_what_failed_in_a_span_of_time_is_made_anew():
    outside = Outside(*(f"p{n:02}" for n in range(0, 50, 5)))
    sim = over_time(outside, 50)
    outside.refused.clear()
    before = len(sim.sent)

    replay_range("r1", span=span(sim, 10, 41), ports=sim.ports.of(a.TENANT))
    sim.run()

    assert sorted(places(sim)[before:]) == ["p10", "p15", "p20", "p25", "p30", "p35", "p40"]
    linked = [one for one in sim.records().values() if one.replay_of]
    assert {one.status for one in linked} == {Status.SENT}
    assert len(sim.fakes.invocations.by_id) == 50 + 7

    replay_range("r1", span=span(sim, 10, 41), ports=sim.ports.of(a.TENANT))
    sim.run()
    assert len(sim.sent) == before + 7


def test_a_span_can_be_of_one_event_type():
    outside = Outside(*(f"p{n:02}" for n in range(10)))
    sim = over_time(outside, 10)
    before = len(sim.sent)

    replay_range("r1", span=span(sim, 0, 24), event="alarm", ports=sim.ports.of(a.TENANT))
    sim.run()

    assert sorted(places(sim)[before:]) == ["p01", "p03", "p05", "p07", "p09"]


def test_replays_are_not_replayed_with_what_they_repeat():
    sim = over_time(Outside("p00"), 1)
    again(sim, invocation="i00")
    before = len(sim.sent)

    for repeat in (False, True):  # what was replayed already is left out at first
        asked = {"span": span(sim, 0, 24), "repeat": repeat}
        replay_range(f"r2{repeat}", **asked, ports=sim.ports.of(a.TENANT))
        sim.run()

    assert len(sim.sent) == before + 1
