"""Checking events: what is refused, and for which reason."""

from dataclasses import replace

import pytest

from carillon.domain.audience.contexts import Context, ContextChanges
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
from carillon.domain.intake.triggers import Accepted, Refused
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
    ports.contexts.save(a.TENANT, known)

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
    ports.integrations.save(a.TENANT, a.integration(name="Our mail"))
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
    ports.integrations.save(a.TENANT, a.integration("smtp", identifier="new"))
    trigger = a.trigger(narrowing=RecipientFilter(channels=("new",)))

    [answer] = accept([trigger], ports=warm)

    assert isinstance(answer, Accepted)


def test_a_channel_that_does_not_exist_is_refused_rather_than_never_served():
    trigger = a.trigger(narrowing=RecipientFilter(channels=("email", "pigeon")))

    [answer] = accept([trigger], ports=a.world().of(a.TENANT))

    assert errors([answer]) == [Invalid]
    assert "pigeon" in str(answer.error)
    assert "email" not in str(answer.error)
