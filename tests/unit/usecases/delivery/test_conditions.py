"""Integrations that are for some of the caller's contexts alone."""

import pytest

from carillon.domain.audience.contexts import Context, ContextChanges
from carillon.domain.base.channels import Channel
from carillon.domain.integrations.integrations import Clause, Condition
from carillon.usecases.delivery.fan_out import fan_out
from tests import builders as a


def only(*contexts, **fields):
    return (Condition(clauses=(Clause(contexts=contexts, **fields),)),)


@pytest.fixture
def ports():
    ports = a.world()
    for name in ("north", "south"):
        context = Context(identifier=name, created_at=a.NOW, updated_at=a.NOW)
        ports.contexts.save(a.TENANT, context)
    ports.integrations.save(a.TENANT, a.integration(primary=True))
    return ports


def reached(ports, context, channel):
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
def test_mail_goes_by_what_is_for_its_context_else_by_the_primary(ports, context, expected):
    north = a.integration(id="int_north", identifier="north", conditions=only("north"))
    ports.integrations.save(a.TENANT, north)

    assert reached(ports, context, Channel.EMAIL) == [expected]


def test_a_primary_for_others_alone_is_passed_by(ports):
    elsewhere = a.integration(primary=True, conditions=only("north", among=False))
    ports.integrations.save(a.TENANT, elsewhere)

    assert reached(ports, "north", Channel.EMAIL) == []


def test_an_inactive_one_is_no_reason_to_send_nothing(ports):
    north = a.integration(
        id="int_north", identifier="north", conditions=only("north"), active=False
    )
    ports.integrations.save(a.TENANT, north)

    assert reached(ports, "north", Channel.EMAIL) == ["int_ses"]


def test_of_a_chats_integrations_all_that_fit_are_used(ports):
    ports.integrations.save(
        a.TENANT, a.integration("slack", Channel.CHAT, conditions=only("north"))
    )

    assert reached(ports, "south", Channel.CHAT) == []
    assert reached(ports, "north", Channel.CHAT) == ["int_slack"]
