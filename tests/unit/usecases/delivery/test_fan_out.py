"""Fanning out: who gets what, once, and the same again when the queue repeats itself."""

from dataclasses import replace

import pytest

from carillon.adapters.caching import CachedIntegrations, Configuration
from carillon.domain.audience.addresses import ChannelAddress
from carillon.domain.audience.contexts import Context, ContextChanges
from carillon.domain.audience.preferences import Preference, Preferences
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unavailable
from carillon.domain.catalogue.event_types import Priority
from carillon.domain.delivery.transport import Response
from carillon.domain.intake.narrowing import RecipientFilter, Rule
from carillon.domain.intake.triggers import Everybody, TopicRecipient
from carillon.domain.subscriptions.subscriptions import Target
from carillon.usecases.activity.progress import follow
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import PAGE_SIZE, fan_out, fan_out_page
from tests import builders as a
from tests import fakes

IN_ROME = Rule(field=("data", "city"), operator="exact", value="Rome")


def reached(ports, channel=None):
    """(invocation, subscriber or integration) of every delivery on its way."""
    return sorted(
        (d.invocation, d.subscriber or d.integration)
        for chunk in ports.queues.chunks
        for d in chunk.deliveries
        if channel in {None, chunk.channel}
    )


def run_pages(ports):
    """Work the topic pages off as the queue would, and those they send in turn."""
    while ports.queues.pages:
        fan_out_page(ports.queues.pages.pop(0), ports=ports.of(a.TENANT))


def add_members(ports, topic, ids):
    ports.subscribers.save(a.TENANT, [a.subscriber(id, email=f"{id}@example.com") for id in ids])
    ports.topics.add_members(a.TENANT, topic, ids)


def test_a_subscriber_is_reached_on_every_medium_that_has_an_address():
    ports = a.world()
    ana = a.person("ana", email="ana@example.com", channels=(a.slack_address("ana"),))
    ben = a.person("ben", email="ben@example.com")

    fan_out(a.job(a.invocation("i1", ana, ben)), ports=ports.of(a.TENANT))

    assert reached(ports, Channel.EMAIL) == [("i1", "ana"), ("i1", "ben")]
    assert reached(ports, Channel.CHAT) == [("i1", "ana")]


def test_an_address_that_is_an_url_is_reached_once_however_many_integrations_there_are():
    ports = a.world()
    own = {"webhook_url": "https://hooks.slack.com/services/T1/B1/x"}
    another = a.integration("slack", Channel.CHAT, id="int_slack_2", settings=own)
    ports.integrations.save(a.TENANT, another)
    ana = a.person("ana", channels=(a.slack_address("ana"),))

    fan_out(a.job(a.invocation("i1", ana)), ports=ports.of(a.TENANT))

    assert reached(ports, Channel.CHAT) == [("i1", "ana")]


def test_a_named_person_becomes_a_subscriber_and_keeps_what_was_not_said():
    ports = a.world()
    known = a.subscriber("ana", email="old@example.com", first_name="Ana")
    ports.subscribers.save(a.TENANT, [known])

    fan_out(
        a.job(a.invocation("i1", a.person("ana", email="new@example.com"))),
        ports=ports.of(a.TENANT),
    )

    ana = ports.subscribers.get_many(a.TENANT, ["ana"])["ana"]
    assert (ana.email, ana.first_name) == ("new@example.com", "Ana")
    assert ports.queues.chunks[0].deliveries[0].address == {"email": "new@example.com"}


def test_a_person_named_twice_hears_once():
    ports = a.world()
    twice = [a.person("ana", email="a@example.com"), a.person("ana", email="b@example.com")]

    fan_out(a.job(a.invocation("i1", *twice)), ports=ports.of(a.TENANT))

    [chunk] = ports.queues.chunks
    assert [d.address for d in chunk.deliveries] == [{"email": "b@example.com"}]


def test_a_device_token_is_an_address_of_its_own():
    ports = a.world()
    ports.integrations.save(a.TENANT, a.integration("expo", Channel.PUSH))
    event = ports.event_types.get(a.TENANT, "default/default", "welcome")
    with_push = replace(event, media={Channel.PUSH: True}, version=2)
    ports.event_types.save(a.TENANT, with_push, expected=1)
    phone = ChannelAddress(provider="expo", device_tokens=("t1", "t2"))

    fan_out(a.job(a.invocation("i1", a.person("ana", channels=(phone,)))), ports=ports.of(a.TENANT))

    tokens = [d.address["device_token"] for c in ports.queues.chunks for d in c.deliveries]
    assert sorted(tokens) == ["t1", "t2"]


def test_chunks_hold_at_most_25_and_repeat_exactly():
    ports = a.world()
    people = [a.person(f"p{n}", email=f"p{n}@example.com") for n in range(60)]
    job = a.job(*(a.invocation(f"i{n}", p) for n, p in enumerate(people)))

    fan_out(job, ports=ports.of(job.tenant))
    first = list(ports.queues.chunks)
    ports.queues.chunks.clear()
    fan_out(job, ports=ports.of(job.tenant))

    assert [len(chunk.deliveries) for chunk in first] == [25, 25, 10]
    assert ports.queues.chunks == first


def test_who_changes_between_repetitions_has_nobody_else_told_twice():
    taken = Response(status=200, body=b'{"MessageId": "m"}')
    ports = a.world(egress=fakes.Egress(lambda _: taken))
    people = [a.person(f"p{n}", email=f"p{n}@example.com") for n in range(60)]
    job = a.job(*(a.invocation(f"i{n}", a.person(p.id)) for n, p in enumerate(people)))
    ports.subscribers.save(a.TENANT, [a.subscriber(p.id, email=p.email) for p in people])

    def fanned_out_and_delivered():
        fan_out(job, ports=ports.of(job.tenant))
        for chunk in ports.queues.chunks:
            deliver(chunk, ports=ports.of(chunk.tenant), time_left=lambda: 60.0)
        ports.queues.chunks.clear()
        return len(ports.egress.requests)

    assert fanned_out_and_delivered() == 60
    gone = replace(ports.subscribers.get_many(a.TENANT, ["p3"])["p3"], email="", version=2)
    moved = replace(
        ports.subscribers.get_many(a.TENANT, ["p4"])["p4"], email="new@example.com", version=2
    )
    ports.subscribers.save(a.TENANT, [gone, moved])

    assert fanned_out_and_delivered() == 61
    assert len(ports.history.entries[a.TENANT, "p4"]) == 2
    counts = [ports.chunks.tally(a.TENANT, job.id, i.id) for i in job.invocations]
    assert sum(sum(each.values()) for each in counts) == 61


def test_big_payloads_make_smaller_chunks():
    ports = a.world()
    invocations = [a.invocation(f"i{n}", payload={"x": "y" * 200_000}) for n in range(5)]

    fan_out(a.job(*invocations), ports=ports.of(a.TENANT))

    assert [len(chunk.deliveries) for chunk in ports.queues.chunks] == [2, 2, 1]


def test_a_transaction_id_of_another_job_is_a_duplicate():
    ports = a.world()

    fan_out(a.job(a.invocation("t1"), id="job1"), ports=ports.of(a.TENANT))
    fan_out(a.job(a.invocation("t1"), a.invocation("t2"), id="job2"), ports=ports.of(a.TENANT))

    assert reached(ports) == [("t1", "ana"), ("t2", "ana")]


def test_a_paused_event_is_recorded_and_reaches_nobody():
    ports = a.world()

    fan_out(a.job(a.invocation("i1", paused=True)), ports=ports.of(a.TENANT))

    assert ports.invocations.get(a.TENANT, "i1").invocation.paused
    assert ports.queues.chunks == []


def test_an_existing_context_is_updated_with_what_came():
    ports = a.world()
    ports.contexts.save(
        a.TENANT, Context(identifier="north", name="Old", created_at=a.NOW, updated_at=a.NOW)
    )

    changes = ContextChanges(identifier="north", name="North")
    fan_out(a.job(a.invocation("i1", context=changes)), ports=ports.of(a.TENANT))

    assert ports.contexts.get_many(a.TENANT, ["north"])["north"].name == "North"
    assert ports.queues.chunks[0].details["i1"].context == {
        "identifier": "north",
        "name": "North",
    }


def test_everybody_in_a_topic_hears_once():
    ports = a.world()
    ids = [f"m{n:04}" for n in range(3000)]
    add_members(ports, "everyone", ids)
    event = a.invocation("i1", recipients=(TopicRecipient(topic="everyone"),))

    fan_out(a.job(event), ports=ports.of(a.TENANT))
    run_pages(ports)

    assert reached(ports) == [("i1", id) for id in ids]


def test_a_shard_of_many_pages_goes_on_as_messages_of_its_own():
    ports = a.world()
    ids = [f"m{n:05}" for n in range(PAGE_SIZE * 20)]
    add_members(ports, "everyone", ids)
    fan_out(
        a.job(a.invocation("i1", recipients=(TopicRecipient(topic="everyone"),))),
        ports=ports.of(a.TENANT),
    )
    first = len(ports.queues.pages)

    fan_out_page(ports.queues.pages[0], ports=ports.of(a.TENANT))

    assert len(ports.queues.pages) == first + 1
    assert ports.queues.pages[-1].after


def test_overlapping_topics_and_recipients_reach_a_person_once():
    ports = a.world()
    add_members(ports, "backend", ["ana", "ben", "chloe", "dora", "emil"])
    add_members(ports, "everyone", ["ana", "ben", "chloe", "dora", "emil", "finn"])
    recipients = (
        a.person("ana"),
        TopicRecipient(topic="backend", exclude=("chloe",)),
        TopicRecipient(topic="everyone"),
    )
    event = a.invocation("i1", recipients=recipients, actor=a.person("emil"))

    fan_out(a.job(event), ports=ports.of(a.TENANT))
    run_pages(ports)

    assert reached(ports) == [("i1", name) for name in ("ana", "ben", "dora", "finn")]


def test_a_page_that_repeats_after_the_topic_changed_makes_the_same_chunks():
    ports = a.world()
    add_members(ports, "everyone", [f"m{n:03}" for n in range(100)])
    fan_out(
        a.job(a.invocation("i1", recipients=(TopicRecipient(topic="everyone"),))),
        ports=ports.of(a.TENANT),
    )
    page = ports.queues.pages[0]
    fan_out_page(page, ports=ports.of(page.tenant))
    first = list(ports.queues.chunks)
    ports.queues.chunks.clear()

    add_members(ports, "everyone", [f"a{n:03}" for n in range(50)])
    fan_out_page(page, ports=ports.of(page.tenant))
    assert ports.queues.chunks == first
    ports.queues.chunks.clear()

    ports.topics.remove_members(a.TENANT, "everyone", [f"m{n:03}" for n in range(100)])
    ports.topics.remove_members(a.TENANT, "everyone", [f"a{n:03}" for n in range(50)])
    fan_out_page(page, ports=ports.of(page.tenant))
    assert ports.queues.chunks == first


def test_subscriptions_hear_every_event_of_their_type():
    ports = a.world()
    ports.integrations.save(a.TENANT, a.webhook())
    add_members(ports, "watchers", ["wim"])
    ports.subscribers.save(a.TENANT, [a.subscriber("sue", email="sue@example.com")])
    for target, id in [
        (Target.INTEGRATION, "int_webhook"),
        (Target.TOPIC, "watchers"),
        (Target.SUBSCRIBER, "sue"),
    ]:
        ports.subscriptions.save(a.TENANT, a.subscription(target, id))
    silent = replace(a.subscription(Target.INTEGRATION, "int_slack"), active=False)
    ports.subscriptions.save(a.TENANT, silent)

    fan_out(
        a.job(a.invocation("i1", a.person("ana", email="ana@example.com"))),
        ports=ports.of(a.TENANT),
    )
    run_pages(ports)

    assert reached(ports) == [("i1", n) for n in ("ana", "int_webhook", "sue", "wim")]


def test_what_the_queue_refuses_is_sent_again_by_a_repetition():
    ports = a.world()
    job = a.job(a.invocation("i1"))
    ports.queues.refuse_next = 1

    with pytest.raises(Unavailable):
        fan_out(job, ports=ports.of(job.tenant))
    fan_out(job, ports=ports.of(job.tenant))

    assert reached(ports) == [("i1", "ana")]


def test_an_integration_that_is_newer_than_what_is_remembered_is_reached():
    ports = a.world(egress=fakes.Egress())
    own = ports.of(a.TENANT)
    configuration = Configuration(fakes.SharedRecord(own), own.clock, remembers=True)
    integrations = CachedIntegrations(own.integrations, configuration)
    remembering = replace(own, integrations=integrations)
    remembering.integrations.all()
    ports.integrations.save(a.TENANT, a.webhook("int_new"))
    ports.subscriptions.save(a.TENANT, a.subscription(a.Target.INTEGRATION, "int_new"))

    fan_out(a.job(), ports=remembering)
    [chunk] = [c for c in ports.queues.chunks if c.channel is Channel.WEBHOOK]
    deliver(chunk, ports=remembering, time_left=lambda: 60.0)

    assert len(ports.egress.requests) == 1


def test_a_subscription_of_a_removed_subscriber_reaches_nobody_and_holds_up_no_other():
    ports = a.world()
    ports.subscriptions.save(a.TENANT, a.subscription(a.Target.SUBSCRIBER, "gone"))

    fan_out(a.job(), ports=ports.of(a.TENANT))

    assert {d.subscriber for chunk in ports.queues.chunks for d in chunk.deliveries} == {"ana"}


def test_a_subscription_to_an_integration_that_is_gone_reaches_nobody():
    ports = a.world()
    ports.subscriptions.save(a.TENANT, a.subscription(a.Target.INTEGRATION, "int_gone"))

    fan_out(a.job(), ports=ports.of(a.TENANT))

    assert {chunk.channel for chunk in ports.queues.chunks} == {Channel.EMAIL}


def narrowed(**narrowing):
    return a.invocation("i1", recipients=(), narrowing=RecipientFilter(**narrowing))


@pytest.fixture
def subscribed():
    """Ana, Ben and a webhook hear of every `welcome`, Zoe's topic in staging alone."""
    ports = a.world()
    people = [
        a.subscriber("ana", email="ana@example.com", channels=(a.slack_address("ana"),)),
        a.subscriber("ben", email="ben@example.com", data={"city": "Rome"}),
        a.subscriber("zoe", email="zoe@example.com"),
    ]
    ports.subscribers.save(a.TENANT, people)
    ports.integrations.save(a.TENANT, a.webhook())
    ports.topics.add_members(a.TENANT, "staging", ["zoe"])
    everyone = a.subscription(Target.SUBSCRIBER, "ana", "ben")
    hook = a.subscription(Target.INTEGRATION, "int_webhook")
    staging = replace(a.subscription(Target.TOPIC, "staging"), environments=("staging",))
    for subscription in (everyone, hook, staging):
        ports.subscriptions.save(a.TENANT, subscription)
    return ports


@pytest.mark.parametrize(
    ("narrowing", "expected"),
    [
        ({}, ["ana", "ana", "ben", "int_webhook", "zoe"]),
        ({"addresses": ("BEN@example.com", "zoe@example.com")}, ["ben", "zoe"]),
        ({"channels": ("email",)}, ["ana", "ben", "zoe"]),
        ({"channels": ("slack",)}, ["ana"]),
        ({"channels": ("int_webhook", "chat")}, ["ana", "int_webhook"]),
        ({"environments": ("staging",)}, ["zoe"]),
        ({"environments": ("production",)}, []),
        ({"include": ((((IN_ROME,)),),)}, ["ben", "int_webhook"]),
        ({"exclude": ((((IN_ROME,)),),)}, ["ana", "ana", "int_webhook", "zoe"]),
        ({"addresses": ("ana@example.com",), "channels": ("chat",)}, []),
    ],
)
def test_an_event_reaches_what_its_narrowing_leaves(subscribed, narrowing, expected):
    fan_out(a.job(narrowed(**narrowing)), ports=subscribed.of(a.TENANT))
    run_pages(subscribed)

    assert [who for _, who in reached(subscribed)] == expected


def test_a_named_channel_is_used_though_another_is_primary(subscribed):
    second = a.integration("smtp", primary=False)
    subscribed.integrations.save(a.TENANT, a.integration(primary=True))
    subscribed.integrations.save(a.TENANT, second)

    fan_out(a.job(narrowed(channels=(second.identifier,))), ports=subscribed.of(a.TENANT))

    sent_by = {d.integration for chunk in subscribed.queues.chunks for d in chunk.deliveries}
    assert sent_by == {second.id}


def test_a_locked_subscriber_hears_nothing(subscribed):
    [ana] = subscribed.subscribers.get_many(a.TENANT, ["ana"]).values()
    subscribed.subscribers.save(a.TENANT, [replace(ana, locked=True, version=2)])

    fan_out(
        a.job(a.invocation("i1", a.person("ana"), a.person("ben"))), ports=subscribed.of(a.TENANT)
    )

    assert reached(subscribed, Channel.EMAIL) == [("i1", "ben")]


def wanting(id, **said):
    quiet = Preferences(**said)
    return a.subscriber(id, email=f"{id}@example.com", preferences=quiet)


def test_what_somebody_does_not_want_is_not_sent_however_they_are_named():
    ports = a.world()
    no_mail = Preference(channels={Channel.EMAIL: False})
    ports.subscribers.save(
        a.TENANT,
        [
            wanting("ana", overall=no_mail),
            wanting("ben", events={"default/default#welcome": no_mail}),
            wanting("cleo", events={"default/default#other": no_mail}),
            wanting("dora", overall=Preference(enabled=False)),
        ],
    )
    ids = ["ana", "ben", "cleo", "dora"]
    ports.topics.add_members(a.TENANT, "everyone", ids)
    named = a.invocation("i1", *(a.person(id, channels=(a.slack_address(id),)) for id in ids))
    grouped = a.invocation("i2", recipients=(TopicRecipient(topic="everyone"),))
    everybody = a.invocation("i3", recipients=(Everybody(but=()),))

    fan_out(a.job(named, grouped, everybody), ports=ports.of(a.TENANT))
    run_pages(ports)

    for id in ("i1", "i2", "i3"):
        assert [one for one in reached(ports, Channel.EMAIL) if one[0] == id] == [(id, "cleo")]
        by_chat = [who for which, who in reached(ports, Channel.CHAT) if which == id]
        assert by_chat == ["ana", "ben", "cleo"]


def test_what_is_required_is_sent_whatever_somebody_wants():
    ports = a.world()
    required = a.event_type("alarm", priority=Priority.REQUIRED)
    ports.event_types.save(a.TENANT, required, expected=None)
    ports.subscribers.save(a.TENANT, [wanting("ana", overall=Preference(enabled=False))])

    fan_out(a.job(a.invocation("i1", a.person("ana"), event="alarm")), ports=ports.of(a.TENANT))

    assert reached(ports) == [("i1", "ana")]


def test_a_page_of_everybody_is_frozen_though_people_come_and_go():
    ports = a.world()
    people = [a.subscriber(f"p{n:03}", email=f"p{n}@example.com") for n in range(40)]
    ports.subscribers.save(a.TENANT, people)
    fan_out(a.job(a.invocation("i1", recipients=(Everybody(but=()),))), ports=ports.of(a.TENANT))
    pages = list(ports.queues.pages)
    run_pages(ports)
    before = [chunk.id for chunk in ports.queues.chunks]
    ports.subscribers.save(a.TENANT, [a.subscriber("late", email="late@example.com")])
    ports.queues.chunks.clear()

    for page in pages:
        fan_out_page(page, ports=ports.of(page.tenant))

    assert [chunk.id for chunk in ports.queues.chunks] == before


@pytest.mark.parametrize(("channel", "pages"), [("int_webhook", 0), ("email", 16)])
def test_a_topic_is_not_paged_for_channels_that_reach_nobody_in_it(subscribed, channel, pages):
    fan_out(a.job(narrowed(channels=(channel,))), ports=subscribed.of(a.TENANT))

    assert len(subscribed.queues.pages) == pages
    assert follow("i1", ports=subscribed.of(a.TENANT)).reach.complete is (pages == 0)
