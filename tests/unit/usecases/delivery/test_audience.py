"""Who hears of an event, and by which channels and integrations."""

from dataclasses import replace

import pytest

from carillon.domain.audience.addresses import ChannelAddress
from carillon.domain.audience.contexts import Context, ContextChanges
from carillon.domain.audience.preferences import Preference, Preferences, name
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import Defaults, Priority
from carillon.domain.intake.narrowing import Rule
from carillon.domain.intake.triggers import Everybody, TopicRecipient
from carillon.domain.integrations.integrations import Clause, Condition
from carillon.domain.subscriptions.subscriptions import Target
from carillon.usecases.activity.progress import follow
from carillon.usecases.delivery.fan_out import fan_out
from tests import builders as a
from tests.unit.usecases.delivery.fanning import add_members, narrowed, reached, run_pages

BOTH = {Channel.EMAIL: True, Channel.CHAT: True}


QUIET = Defaults(enabled=False)


NO_MAIL = Defaults(channels={Channel.EMAIL: False})


MAIL_ALONE = Defaults(enabled=False, channels={Channel.EMAIL: True})


IN_ROME = Rule(field=("data", "city"), operator="exact", value="Rome")


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
    ports.integrations.put(a.TENANT, another)
    ana = a.person("ana", channels=(a.slack_address("ana"),))

    fan_out(a.job(a.invocation("i1", ana)), ports=ports.of(a.TENANT))

    assert reached(ports, Channel.CHAT) == [("i1", "ana")]


def test_a_device_token_is_an_address_of_its_own():
    ports = a.world()
    ports.integrations.put(a.TENANT, a.integration("expo", Channel.PUSH))
    event = ports.event_types.get(a.TENANT, "default/default", "welcome")
    with_push = replace(event, media={Channel.PUSH: True}, version=2)
    ports.event_types.save(a.TENANT, with_push, expected=1)
    phone = ChannelAddress(provider="expo", device_tokens=("t1", "t2"))

    fan_out(a.job(a.invocation("i1", a.person("ana", channels=(phone,)))), ports=ports.of(a.TENANT))

    tokens = [d.address["device_token"] for c in ports.queues.chunks for d in c.deliveries]
    assert sorted(tokens) == ["t1", "t2"]


def test_subscriptions_hear_every_event_of_their_type():
    ports = a.world()
    ports.integrations.put(a.TENANT, a.webhook())
    add_members(ports, "watchers", ["wim"])
    ports.subscribers.save(a.TENANT, [a.subscriber("sue", email="sue@example.com")])
    for target, id in [
        (Target.INTEGRATION, "int_webhook"),
        (Target.TOPIC, "watchers"),
        (Target.SUBSCRIBER, "sue"),
    ]:
        ports.subscriptions.put(a.TENANT, a.subscription(target, id))
    silent = replace(a.subscription(Target.INTEGRATION, "int_slack"), active=False)
    ports.subscriptions.put(a.TENANT, silent)

    fan_out(
        a.job(a.invocation("i1", a.person("ana", email="ana@example.com"))),
        ports=ports.of(a.TENANT),
    )
    run_pages(ports)

    assert reached(ports) == [("i1", n) for n in ("ana", "int_webhook", "sue", "wim")]


def test_a_subscription_to_an_integration_that_is_gone_reaches_nobody():
    ports = a.world()
    ports.subscriptions.put(a.TENANT, a.subscription(a.Target.INTEGRATION, "int_gone"))

    fan_out(a.job(), ports=ports.of(a.TENANT))

    assert {chunk.channel for chunk in ports.queues.chunks} == {Channel.EMAIL}


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
    subscribed.integrations.put(a.TENANT, a.integration(primary=True))
    subscribed.integrations.put(a.TENANT, second)

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


@pytest.mark.parametrize(("channel", "pages"), [("int_webhook", 0), ("email", 16)])
def test_a_topic_is_not_paged_for_channels_that_reach_nobody_in_it(subscribed, channel, pages):
    fan_out(a.job(narrowed(channels=(channel,))), ports=subscribed.of(a.TENANT))

    assert len(subscribed.queues.pages) == pages
    assert follow("i1", ports=subscribed.of(a.TENANT)).reach.complete is (pages == 0)


def only(*contexts, **fields):
    return (Condition(clauses=(Clause(contexts=contexts, **fields),)),)


@pytest.fixture
def contexts():
    ports = a.world()
    for identifier in ("north", "south"):
        context = Context(identifier=identifier, created_at=a.NOW, updated_at=a.NOW)
        ports.contexts.put(a.TENANT, context)
    ports.integrations.put(a.TENANT, a.integration(primary=True))
    return ports


def reached_in(ports, context, channel):
    """The integrations by which an event of the context reaches somebody."""
    ana = a.person("ana", email="ana@example.com", channels=(a.slack_address("ana"),))
    named = ContextChanges(identifier=context) if context else None
    fan_out(a.job(a.invocation("i1", ana, context=named)), ports=ports.of(a.TENANT))
    return sorted(
        delivery.integration
        for chunk in ports.queues.chunks
        for delivery in chunk.deliveries
        if chunk.channel is channel
    )


@pytest.mark.parametrize(
    ("context", "expected"), [("north", "int_north"), ("south", "int_ses"), (None, "int_ses")]
)
def test_mail_goes_by_what_is_for_its_context_else_by_the_primary(contexts, context, expected):
    north = a.integration(id="int_north", identifier="north", conditions=only("north"))
    contexts.integrations.put(a.TENANT, north)

    assert reached_in(contexts, context, Channel.EMAIL) == [expected]


def test_a_primary_for_others_alone_is_passed_by(contexts):
    elsewhere = a.integration(primary=True, conditions=only("north", among=False))
    contexts.integrations.put(a.TENANT, elsewhere)

    assert reached_in(contexts, "north", Channel.EMAIL) == []


def test_an_inactive_one_is_no_reason_to_send_nothing(contexts):
    north = a.integration(
        id="int_north", identifier="north", conditions=only("north"), active=False
    )
    contexts.integrations.put(a.TENANT, north)

    assert reached_in(contexts, "north", Channel.EMAIL) == ["int_ses"]


def test_of_a_chats_integrations_all_that_fit_are_used(contexts):
    contexts.integrations.put(
        a.TENANT, a.integration("slack", Channel.CHAT, conditions=only("north"))
    )

    assert reached_in(contexts, "south", Channel.CHAT) == []
    assert reached_in(contexts, "north", Channel.CHAT) == ["int_slack"]


def reached_by(preferences=None, **fields):
    """The channels by which an event of such a type reaches somebody who said this."""
    ports = a.world()
    event = a.event_type(media=BOTH, version=2, **fields)
    ports.event_types.save(a.TENANT, event, expected=1)
    said = {"preferences": preferences(event)} if preferences else {}
    ports.subscribers.save(a.TENANT, [a.subscriber("ana", **said)])
    ana = a.person("ana", email="ana@example.com", channels=(a.slack_address("ana"),))
    fan_out(a.job(a.invocation("i1", ana)), ports=ports.of(a.TENANT))
    return {chunk.channel for chunk in ports.queues.chunks}


def said(**fields):
    return lambda event: Preferences(events={name(event): Preference(**fields)})


@pytest.mark.parametrize(
    ("defaults", "expected"),
    [
        (Defaults(), {Channel.EMAIL, Channel.CHAT}),
        (QUIET, set()),
        (NO_MAIL, {Channel.CHAT}),
        (MAIL_ALONE, {Channel.EMAIL}),
    ],
)
def test_who_says_nothing_gets_the_defaults(defaults, expected):
    assert reached_by(defaults=defaults) == expected


def test_what_is_off_by_default_stays_off_whatever_somebody_says():
    assert reached_by(said(channels={"email": True}), defaults=NO_MAIL) == {Channel.CHAT}
    assert reached_by(said(enabled=True), defaults=QUIET) == set()
    assert reached_by(said(enabled=False), defaults=MAIL_ALONE) == set()


def test_what_is_required_reaches_everybody_by_what_is_on():
    off = said(enabled=False, channels={"chat": False})

    assert reached_by(off, priority=Priority.REQUIRED) == {*BOTH}
    assert reached_by(off, defaults=NO_MAIL, priority=Priority.REQUIRED) == {Channel.CHAT}
