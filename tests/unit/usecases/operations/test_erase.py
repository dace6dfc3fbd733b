"""What is stored of a deleted subscriber goes, and nothing of it is for the id's next owner."""

from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.domain.activity.feeds import EVERY, UNREAD, FeedPosition, Mark
from carillon.domain.audience.erasures import ErasureStep
from carillon.domain.audience.preferences import PreferenceChanges
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import NotFound
from carillon.domain.base.spans import Span
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.delivery.transport import Response
from carillon.domain.intake.triggers import TopicRecipient
from carillon.usecases.activity import (
    feeds,
    find_deliveries,
    find_messages,
    find_notifications,
    progress,
)
from carillon.usecases.activity.find_deliveries import DeliveryFilter
from carillon.usecases.activity.find_notifications import NotificationFilter
from carillon.usecases.audience import erasures, preferences, subscribers
from carillon.usecases.operations import erase
from carillon.usecases.operations.replay import replay
from tests import builders as a
from tests.simulation import Simulation
from tests.unit.novu import telling

SOON = timedelta(minutes=10)
BOTH = ("ana", "ben")


def world(**overrides):
    """Everybody hears of `all` by mail, chat and in the app."""
    ports = telling.world()
    return replace(ports, **{name: part for name, part in overrides.items() if name == "egress"})


def simulate(status=200, answers=None):
    sim = Simulation(
        outside=answers or (lambda *_: Response(status=status, body=b"ok")), world=world
    )
    sim.ports.topics.add_members(a.TENANT, "t", ["ana"])
    return sim


def tell(sim, id, *people, **fields):
    named = [
        a.person(who, email=f"{who}@x.example", channels=(a.slack_address(who),), first_name=who)
        for who in people
    ]
    sim.trigger(a.trigger("all", *named, transaction_id=id, payload={"number": 7}, **fields))


def delete(sim, id="ana"):
    sim.clock.advance(1)
    erase.begin(id, ports=sim.ports.of(a.TENANT))
    sim.clock.advance(1)


def all_shown(sim, id="ana"):
    """All that any call shows of what the owner of an id was sent."""
    own = sim.fakes.of(a.TENANT)
    span, every = Span(), DeliveryFilter()
    sought = NotificationFilter(subscribers=frozenset({id}))
    return [
        *feeds.read(id, 0, 10, ports=own).items,
        *feeds.read(id, 0, 10, states=UNREAD, ports=own).items,
        *feeds.read_on(id, None, 10, ports=own)[0],
        *range(feeds.count(id, EVERY, 10, ports=own)),
        *find_deliveries.of_subscriber(id, span, every, None, 10, ports=own).items,
        *find_messages.messages(0, 10, subscriber=id, ports=own).items,
        *find_notifications.notifications(sought, 0, 10, ports=own).items,
        *[
            one
            for one in find_notifications.notifications(
                NotificationFilter(), 0, 10, ports=own
            ).items
            if one.subscriber == id
        ],
    ]


def stored_of(sim, id="ana"):
    """Return the names of the stores in which somebody is still named."""
    names = ("invocations", "chunks", "waiting", "history", "feeds", "subscribers")
    contents = {name: repr(_filled(getattr(sim.fakes, name))) for name in names}
    named = (f"{id}@x.example", f"'{id}'")
    return [name for name, content in contents.items() if any(one in content for one in named)]


def _filled(store):
    """Return what a fake has, without the empty places that reading leaves."""
    return [
        {key: one for key, one in has.items() if one}
        for has in vars(store).values()
        if isinstance(has, dict)
    ]


def test_all_that_is_stored_of_somebody_is_removed_and_the_removal_says_when_it_is_done():
    sim = simulate()
    for n in range(3):
        tell(sim, f"i{n}", *BOTH, actor=a.person("ana", email="ana@x.example"))
    sim.run()
    assert all_shown(sim)
    assert stored_of(sim)
    before = {id: one.status for id, one in sim.records().items()}

    delete(sim)
    asked = sim.clock.now()
    assert erasures.of("ana", ports=sim.fakes.of(a.TENANT)).done_at is None
    sim.run()

    assert stored_of(sim) == []
    assert all_shown(sim) == []
    assert {id: one.status for id, one in sim.records().items()} == before
    assert len(all_shown(sim, "ben")) > 10
    done = erasures.of("ana", ports=sim.fakes.of(a.TENANT)).done_at
    assert asked < done < asked + SOON


def test_the_next_owner_of_an_id_finds_nothing_from_the_moment_on():
    sim = simulate()
    tell(sim, "i1", "ana")
    sim.run()
    own = sim.fakes.of(a.TENANT)
    preferences.change("ana", [PreferenceChanges(enabled=False)], ports=own)
    [old] = [one.message.place for one in feeds.read("ana", 0, 10, ports=own).items]

    delete(sim)
    subscribers.upsert([a.person("ana", email="other@x.example")], ports=own)

    assert all_shown(sim) == []
    assert feeds.mark("ana", [old], Mark.READ, ports=own) == []
    assert feeds.mark_all("ana", Mark.READ, ports=own) == 0
    with pytest.raises(NotFound):
        feeds.act("ana", old, "primary", None, ports=own)
    with pytest.raises(NotFound):
        find_notifications.notification("i1", "ana", ports=own)
    ana = subscribers.get("ana", ports=own)
    assert (ana.channels, ana.preferences.overall.enabled) == ((), None)
    assert sim.fakes.topics.among(a.TENANT, "t", ["ana"]) == frozenset()


def test_the_next_owners_own_things_stay():
    sim = simulate()
    tell(sim, "i1", "ana")
    sim.run()
    delete(sim)

    tell(sim, "i2", "ana")
    sim.run()

    shown = all_shown(sim)
    assert len(shown) > 5
    assert {getattr(one, "invocation", "i2") for one in shown} == {"i2"}
    assert subscribers.get("ana", ports=sim.fakes.of(a.TENANT)).email == "ana@x.example"


def test_what_waits_for_a_retry_is_ended_at_once():
    sim = simulate(status=503)
    tell(sim, "i1", *BOTH)
    sim.run(timedelta(minutes=1))
    waiting = [one for one in sim.records().values() if one.status is Status.RETRYING]
    assert {one.subscriber for one in waiting} == {*BOTH}

    delete(sim)
    asked_until_now = len(sim.sent)
    sim.run(timedelta(seconds=10))

    ended = [one for one in sim.records().values() if one.status is Status.CANCELLED]
    assert {one.code for one in ended} == {"subscriber_deleted"}
    assert [one.subscriber for one in ended] == [None] * len(ended)
    sim.run()
    assert "ana" not in str([sent.request for sent in sim.sent[asked_until_now:]])
    assert stored_of(sim) == []


def test_an_event_that_was_accepted_before_reaches_nobody_of_that_id():
    """Neither does it make somebody of it, nor is it for the next owner."""
    sim = simulate()
    tell(sim, "i1", *BOTH)
    sim.fakes.subscribers.save(a.TENANT, [a.subscriber("ana")])
    delete(sim)

    sim.run()

    assert sim.fakes.subscribers.get_many(a.TENANT, ["ana"]) == {}
    assert {one.subscriber for one in sim.records().values()} == {"ben"}
    assert stored_of(sim) == []
    reach = progress.follow("i1", ports=sim.fakes.of(a.TENANT)).reach
    assert reach.skipped == {SkipReason.DELETED_SUBSCRIBER: 1}
    sim.fakes.subscribers.save(a.TENANT, [a.subscriber("ana")])
    assert all_shown(sim) == []


def test_a_chunk_that_was_queued_before_is_not_sent_to_who_was_deleted():
    sim = simulate()
    tell(sim, "i1", *BOTH)
    while not sim.fakes.invocations.by_id:
        sim.run(timedelta(milliseconds=10))
    assert sim.sent == []

    delete(sim)
    sim.run()

    statuses = {(one.subscriber, one.status, one.code) for one in sim.records().values()}
    assert (None, Status.CANCELLED, "subscriber_deleted") in statuses
    assert {who for who, status, _ in statuses if status is Status.SENT} == {"ben"}
    assert stored_of(sim) == []


def test_a_deletion_holds_for_what_a_worker_is_about_to_send():
    """It had the chunk already when the subscriber was deleted."""
    asked = []

    def answers(request, _now):
        if not asked:
            delete(sim)
        asked.append(str(request))
        return Response(status=200, body=b"ok")

    sim = simulate(answers=answers)
    people = [f"p{n}" for n in range(5)]
    tell(sim, "i1", *people, "ana")
    sim.run()

    assert not [request for request in asked[1:] if "ana" in request]
    assert stored_of(sim) == []


def test_a_topics_page_passes_by_who_was_deleted_and_the_next_owner_who_joined():
    sim = simulate()
    own = sim.fakes.of(a.TENANT)
    subscribers.upsert([a.person(who, email=f"{who}@x.example") for who in BOTH], ports=own)
    sim.fakes.topics.add_members(a.TENANT, "t", BOTH)
    event = a.trigger("all", transaction_id="i1", payload={"number": 7})
    sim.trigger(replace(event, recipients=(TopicRecipient(topic="t"),)))

    delete(sim)
    subscribers.upsert([a.person("ana", email="other@x.example")], ports=own)
    sim.fakes.topics.add_members(a.TENANT, "t", ["ana"])
    sim.run()

    assert {one.subscriber for one in sim.records().values()} == {"ben"}


def test_a_replay_does_not_go_to_the_next_owner():
    sim = simulate(status=400)
    tell(sim, "i1", *BOTH)
    sim.run()
    delete(sim)
    sim.fakes.subscribers.save(
        a.TENANT, [a.subscriber("ana", email="other@x.example", channels=(a.slack_address("x"),))]
    )
    for id, when in (("soon", timedelta(0)), ("late", SOON)):  # before the removal, and after it
        sim.run(when)
        asked = len(sim.sent)
        replay(id, invocation="i1", repeat=True, ports=sim.ports.of(a.TENANT))
        sim.run()
        assert len(sim.sent) > asked
        again = [one for one in sim.records().values() if one.replay_of]
        sent = {one.subscriber for one in again if one.status is not Status.SKIPPED}
        assert sent == {"ben"}
        skipped = {(one.subscriber, one.skip) for one in again if one.status is Status.SKIPPED}
        assert skipped == {(None, SkipReason.DELETED_SUBSCRIBER)}


def test_whoever_a_worker_makes_who_did_not_know_is_removed_by_the_last_pass():
    sim = simulate()
    tell(sim, "i1", "ana")
    sim.run()
    delete(sim)
    at = sim.fakes.erasures.by_id[a.TENANT, "ana"].at
    risen = a.subscriber("ana", created_at=at - timedelta(seconds=1))
    sim.run(timedelta(seconds=10))
    sim.fakes.subscribers.save(a.TENANT, [risen])

    sim.run()

    assert sim.fakes.subscribers.get_many(a.TENANT, ["ana"]) == {}


def test_a_deletion_that_is_repeated_for_the_next_owner_leaves_the_steps_of_the_first_nothing():
    sim = simulate()
    tell(sim, "i1", "ana")
    sim.run()
    delete(sim)
    first = sim.fakes.erasures.by_id[a.TENANT, "ana"].at
    tell(sim, "i2", "ana")
    sim.run(timedelta(seconds=10))

    delete(sim)
    erase.erase_some(
        ErasureStep(tenant=a.TENANT, subscriber="ana", at=first, last=True),
        ports=sim.ports.of(a.TENANT),
    )
    assert erasures.of("ana", ports=sim.fakes.of(a.TENANT)).done_at is None
    sim.run()

    assert stored_of(sim) == []
    assert erasures.of("ana", ports=sim.fakes.of(a.TENANT)).done_at


def test_a_long_history_is_removed_in_several_steps(monkeypatch):
    monkeypatch.setattr(erase, "_AT_ONCE", 3)
    monkeypatch.setattr(erase, "_PAGES", 2)
    sim = simulate()
    for n in range(10):
        tell(sim, f"i{n}", *BOTH)
    sim.run()

    delete(sim)
    sim.run()

    assert stored_of(sim) == []


def test_nobody_is_not_deleted():
    sim = simulate()

    with pytest.raises(NotFound):
        erase.begin("nobody", ports=sim.ports.of(a.TENANT))

    assert sim.fakes.erasures.by_id == {}


def test_a_message_that_names_nobody_any_more_is_no_message_to_an_integration():
    """A record without a subscriber would be repeated to the integration's own target."""
    sim = simulate()
    tell(sim, "i1", "ana")
    sim.run()
    delete(sim)
    sim.run()
    own = sim.fakes.of(a.TENANT)

    assert find_messages.messages(0, 10, ports=own).items == []
    assert find_notifications.notifications(NotificationFilter(), 0, 10, ports=own).items == []
    place = FeedPosition("ana", sim.fakes.erasures.by_id[a.TENANT, "ana"].at, "x")
    assert sim.fakes.feeds.get_many(a.TENANT, [place]) == {}
    assert {one.channel for one in sim.records().values()} == {
        Channel.EMAIL,
        Channel.CHAT,
        Channel.IN_APP,
    }
