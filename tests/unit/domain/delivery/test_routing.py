"""Routing: from a subscriber or an integration to deliveries, each address once."""

from dataclasses import replace

import pytest

from carillon.domain.audience.addresses import ChannelAddress
from carillon.domain.base.channels import Channel
from carillon.domain.delivery import routing
from carillon.domain.delivery.routes import Routes
from carillon.domain.delivery.routing import delivery_id
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.intake.narrowing import RecipientFilter
from carillon.domain.intake.overrides import NO_OVERRIDES
from carillon.domain.integrations.integrations import Clause, Condition
from carillon.domain.subscriptions.subscriptions import Listener
from tests import builders as a

ANA = a.subscriber(
    "ana",
    email="ana@example.com",
    first_name="Ana",
    locale="de",
    channels=(a.slack_address("x"), ChannelAddress(provider="slack", channel="C1")),
)
SES, SMTP = a.integration(), a.integration("smtp", primary=True)
SLACK = a.integration("slack", Channel.CHAT)
BOTH = (Channel.EMAIL, Channel.CHAT)


def routed(subscriber=ANA, media=BOTH, integrations=(SES, SMTP, SLACK), narrowing=None):
    routes = Routes.of(None, media, integrations, narrowing=narrowing)
    found = routing.to_subscriber("i1", subscriber, routes)
    return [(c, one.integration, dict(one.address)) for c, one in found if not one.skip]


def test_a_mail_goes_by_the_primary_and_chat_to_every_address():
    [mail, *chats] = routed()

    assert mail == (Channel.EMAIL, "int_smtp", {"email": "ana@example.com"})
    assert [integration for _, integration, _ in chats] == ["int_slack"] * 2


@pytest.mark.parametrize("medium", BOTH)
def test_only_the_wanted_media_are_gone_by(medium):
    assert {channel for channel, _, _ in routed(media=(medium,))} == {medium}


@pytest.mark.parametrize(
    "subscriber", [replace(ANA, locked=True), a.subscriber("ben"), replace(ANA, email="")]
)
def test_who_is_locked_or_has_no_address_is_not_reached(subscriber):
    assert routed(subscriber, media=(Channel.EMAIL,)) == []


def test_an_integration_that_is_off_is_passed_by():
    off = replace(SMTP, active=False)

    assert routed(media=(Channel.EMAIL,), integrations=(SES, off))[0][1] == "int_ses"
    assert routed(media=(Channel.EMAIL,), integrations=(off,)) == []


def test_each_address_is_reached_once_though_several_integrations_might():
    second = a.integration("slack", Channel.CHAT, id="int_slack_2", identifier="second")

    chats = routed(media=(Channel.CHAT,), integrations=(SLACK, second))

    assert sorted(name for _, _, address in chats for name in address) == ["channel", "webhook_url"]


def test_an_address_for_one_integration_is_for_no_other():
    address = ChannelAddress(provider="slack", integration="second", channel="C9")
    second = a.integration("slack", Channel.CHAT, id="int_slack_2", identifier="second")
    ben = a.subscriber("ben", channels=(address,))

    chats = routed(ben, media=(Channel.CHAT,), integrations=(SLACK, second))

    assert [integration for _, integration, _ in chats] == ["int_slack_2"]


@pytest.mark.parametrize(
    ("narrowing", "channels"),
    [
        (RecipientFilter(channels=("email",)), {Channel.EMAIL}),
        (RecipientFilter(addresses=("c1",)), {Channel.CHAT}),
        (RecipientFilter(addresses=("nobody@example.com",)), set()),
    ],
)
def test_a_narrowing_leaves_what_it_asks_for(narrowing, channels):
    assert {channel for channel, _, _ in routed(narrowing=narrowing)} == channels


def test_a_delivery_brings_along_what_templates_may_say():
    routes = Routes.of(None, (Channel.EMAIL,), (SMTP,))
    [(_, delivery)] = routing.to_subscriber("i1", ANA, routes)

    assert (delivery.subscriber, delivery.locale) == ("ana", "de")
    assert delivery.recipient["firstName"] == "Ana"
    assert "phone" not in delivery.recipient


@pytest.mark.parametrize(
    ("subscriber", "integrations", "narrowing", "reason"),
    [
        (replace(ANA, locked=True), (SES,), None, SkipReason.LOCKED),
        (replace(ANA, email=""), (SES,), None, SkipReason.NO_ADDRESS),
        (ANA, (SLACK,), None, SkipReason.NO_INTEGRATION),
        (ANA, (replace(SES, active=False),), None, SkipReason.INTEGRATION_INACTIVE),
        (ANA, (SES,), RecipientFilter(channels=("chat",)), SkipReason.NARROWED),
        (ANA, (SES,), RecipientFilter(addresses=("c1",)), SkipReason.NARROWED),
    ],
)
def test_a_channel_by_which_somebody_is_not_reached_is_skipped_with_the_reason(
    subscriber, integrations, narrowing, reason
):
    routes = Routes.of(None, (Channel.EMAIL,), integrations, narrowing=narrowing)

    [(channel, delivery)] = routing.to_subscriber("i1", subscriber, routes)

    assert (channel, delivery.skip, delivery.subscriber) == (Channel.EMAIL, reason, "ana")
    assert (delivery.integration, delivery.address) == ("", {})


def test_a_skip_has_the_same_id_whatever_the_reason_and_another_than_what_is_sent():
    ids = [
        routing.skipped("i1", reason, subscriber="ana", channel=Channel.EMAIL).id
        for reason in SkipReason
    ]
    skip = routing.past_integration("i1", a.webhook(), SkipReason.MUTED)[1]

    assert len(set(ids)) == 1
    assert skip.id != routing.to_integration("i1", a.webhook())[1].id
    assert skip.id not in ids


def test_an_integrations_own_target_needs_no_subscriber():
    listener = Listener(subscription="s")

    channel, delivery = routing.to_integration("i1", a.webhook(), listener)

    assert channel is Channel.WEBHOOK
    assert (delivery.subscriber, delivery.address, delivery.listener) == (None, {}, listener)


def test_an_id_depends_on_every_part_and_not_on_the_order_of_an_address():
    parts = ("i1", "ana", "int_1", {"a": "1", "b": "2"})
    others = [
        ("i2", *parts[1:]),
        ("i1", "ben", *parts[2:]),
        ("i1", None, *parts[2:]),
        (*parts[:2], "int_2", parts[3]),
        (*parts[:3], {"a": "1", "b": "3"}),
        (*parts[:3], {"a": "1"}),
    ]

    assert delivery_id(*parts) == delivery_id(*parts[:3], {"b": "2", "a": "1"})
    assert len({delivery_id(*one) for one in (parts, *others)}) == 1 + len(others)


def fallbacks(*integrations, overrides=NO_OVERRIDES):
    routes = Routes.of(None, (Channel.EMAIL,), integrations, overrides=overrides)
    [(_, mail)] = routing.to_subscriber("i1", ANA, routes)
    return mail.integration, mail.fallbacks


def ordered(id, place, **fields):
    return a.integration("smtp", id=id, identifier=id, fallback=place, **fields)


def test_a_mail_carries_the_integrations_that_are_tried_after_its_own_in_their_order():
    found = fallbacks(ordered("c", 2), SMTP, ordered("a", 3), ordered("b", 2), SES)

    assert found == ("int_smtp", ("b", "c", "a"))


def test_an_integration_that_is_off_or_serves_another_context_is_no_fallback():
    off = ordered("off", 1, active=False)
    north = ordered("north", 2, conditions=(Condition(clauses=(Clause(contexts=("north",)),)),))

    assert fallbacks(SMTP, off, north) == ("int_smtp", ())


def test_the_primary_is_no_fallback_of_itself():
    assert fallbacks(replace(SMTP, fallback=1), ordered("b", 2)) == ("int_smtp", ("b",))


def test_chat_goes_by_all_and_has_none():
    routes = Routes.of(None, (Channel.CHAT,), [SLACK, replace(SLACK, id="other", fallback=1)])

    found = list(routing.to_subscriber("i1", ANA, routes))

    assert {one.fallbacks for _, one in found} == {()}
