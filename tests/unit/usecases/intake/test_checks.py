"""Checking events: what is refused, and for which reason."""

from dataclasses import replace

import pytest

from carillon.domain.audience.addresses import ChannelChanges
from carillon.domain.audience.contexts import Context, ContextChanges
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import (
    ContextNotFound,
    Inactive,
    Invalid,
    Locked,
    NoActiveTemplates,
    NoTemplates,
    NotFound,
    PayloadInvalid,
    RecipientWithoutId,
    TooLarge,
)
from carillon.domain.intake.narrowing import RecipientFilter
from carillon.domain.intake.overrides import Override
from carillon.domain.intake.triggers import Accepted, Refused
from carillon.domain.tenancy.quotas import Quotas
from carillon.usecases.intake.trigger import accept
from tests import builders as a
from tests import fakes


def errors(answers):
    return [type(answer.error) if isinstance(answer, Refused) else None for answer in answers]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"active": False}, Inactive),
        ({"locked": True}, Locked),
        ({"media": {}}, NoTemplates),
        ({"media": {"email": False}}, NoActiveTemplates),
        ({"input_schema": {"required": ["number"]}}, PayloadInvalid),
    ],
)
def test_an_event_type_can_refuse(fields, error):
    ports = fakes.ports()
    ports.event_types.save(a.TENANT, a.event_type(**fields), expected=None)

    answers = accept([a.trigger()], ports=ports.of(a.TENANT))

    assert errors(answers) == [error]
    assert ports.queues.jobs == []


def told(answers):
    return [str(answer.error) for answer in answers if isinstance(answer, Refused)]


def pushed(*tokens, count=1):
    """Ana with device tokens, with `count` integrations of their own."""
    return a.person(
        "ana",
        channels=tuple(
            ChannelChanges(provider="expo", integration=f"expo{n}", device_tokens=tokens)
            for n in range(count)
        ),
    )


@pytest.fixture
def push():
    """A world whose event type goes by push, to three addresses of a recipient and two people."""
    ports = fakes.ports(quotas=Quotas(deliveries=3, recipients=2))
    ports.event_types.save(a.TENANT, a.event_type(media={"push": True}), expected=None)
    for n in range(4):
        one = a.integration("expo", Channel.PUSH, id=f"expo{n}", identifier=f"expo{n}")
        ports.integrations.put(a.TENANT, one)
    return ports


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"recipients": (pushed("a", "b", count=2),)}, "names 4 addresses of one recipient"),
        (
            {
                "overrides": (
                    Override(
                        place="overrides.expo",
                        provider="expo",
                        values={"device_tokens": ["a", "b", "c", "d"]},
                    ),
                )
            },
            "names 4 addresses of one recipient",
        ),
        ({"recipients": tuple(a.person(f"p{n}") for n in range(3))}, "names 3 recipients; 2 may"),
    ],
)
def test_an_event_that_names_more_addresses_than_one_may_reach_is_refused(push, fields, words):
    answers = accept([replace(a.trigger(), **fields), a.trigger()], ports=push.of(a.TENANT))

    assert errors(answers) == [TooLarge, None]
    assert words in told(answers)[0]


def test_an_event_may_name_as_many_addresses_as_it_may_reach(push):
    event = a.event_type(media={"email": True}, version=2)
    most = a.trigger(recipients=(pushed("a", "b", "c"), a.person("ben")))
    assert errors(accept([most], ports=push.of(a.TENANT))) == [None]

    push.event_types.save(a.TENANT, event, expected=1)
    by_mail_alone = a.trigger(recipients=(pushed("a", "b", count=4),))

    assert errors(accept([by_mail_alone], ports=push.of(a.TENANT))) == [None]


def test_an_event_without_recipients_needs_no_template():
    ports = fakes.ports()
    ports.event_types.save(a.TENANT, a.event_type(media={}), expected=None)

    answers = accept([a.trigger(recipients=())], ports=ports.of(a.TENANT))

    assert errors(answers) == [None]


def test_a_recipient_without_an_id_is_refused():
    answers = accept([a.trigger("welcome", a.person(""))], ports=a.world().of(a.TENANT))

    assert errors(answers) == [RecipientWithoutId]


def test_a_context_must_exist():
    ports = a.world()
    known = Context(identifier="north", created_at=a.NOW, updated_at=a.NOW)
    ports.contexts.put(a.TENANT, known)

    answers = accept(
        [a.trigger(context=ContextChanges(identifier=name)) for name in ("north", "south")],
        ports=ports.of(a.TENANT),
    )

    assert errors(answers) == [None, ContextNotFound]


def test_another_tenants_event_type_is_unknown():
    answers = accept([a.trigger()], ports=a.world().of("somebody-else"))

    assert errors(answers) == [NotFound]


def test_limits_are_said_of_the_event_alone():
    big, data = {"x": "y" * 300_000}, {"x": "y" * 20_000}

    answers = accept(
        [a.trigger(payload=big), a.trigger("welcome", a.person("ana", data=data)), a.trigger()],
        ports=a.world().of(a.TENANT),
    )

    assert errors(answers) == [TooLarge, Invalid, None]


@pytest.mark.parametrize("name", ["email", "sms", "int_ses", "ses", "Our mail"])
def test_an_event_may_be_narrowed_to_channels_by_any_of_their_names(name):
    ports = a.world()
    ports.integrations.put(a.TENANT, a.integration(name="Our mail"))
    trigger = a.trigger(narrowing=RecipientFilter(channels=(name,)), correlation_id="order-1")

    [answer] = accept([trigger], ports=ports.of(a.TENANT))

    assert isinstance(answer, Accepted)
    [stored] = ports.queues.jobs[0].invocations
    assert stored.narrowing.channels == (name,)
    assert stored.correlation_id == "order-1"


def test_a_channel_made_a_moment_ago_is_known():
    ports = a.world()
    own = ports.of(a.TENANT)
    warm = replace(own, integrations=fakes.WarmIntegrations(own.integrations))
    ports.integrations.put(a.TENANT, a.integration("smtp", identifier="new"))
    trigger = a.trigger(narrowing=RecipientFilter(channels=("new",)))

    [answer] = accept([trigger], ports=warm)

    assert isinstance(answer, Accepted)


def test_a_channel_that_does_not_exist_is_refused_rather_than_never_served():
    trigger = a.trigger(narrowing=RecipientFilter(channels=("email", "pigeon")))

    [answer] = accept([trigger], ports=a.world().of(a.TENANT))

    assert errors([answer]) == [Invalid]
    assert "pigeon" in str(answer.error)
    assert "email" not in str(answer.error)
