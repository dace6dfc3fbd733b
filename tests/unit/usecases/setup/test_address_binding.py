"""Binding addresses to integrations, of which some are remembered and some are new."""

from dataclasses import replace

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import NoIntegration
from carillon.usecases.setup.address_binding import Binder
from tests import builders as a
from tests import fakes

SLACK = a.integration("slack", Channel.CHAT)


class Remembering(fakes.Integrations):
    """Tells what there was a minute ago, unless asked for what there is now."""

    def __init__(self, *known):
        super().__init__()
        self.known, self.reads = known, 0

    def all(self, tenant, *, now=False):
        self.reads += now
        return super().all(tenant) if now else self.known


def binder(integrations):
    return Binder(fakes.ports(integrations=integrations).of(a.TENANT))


def named(*names):
    return a.person("ana", channels=[a.slack_address(name) for name in names])


def test_an_integration_of_the_last_minute_is_found():
    integrations = Remembering()
    integrations.put(a.TENANT, SLACK)

    bound = binder(integrations).bind(named("x"))

    assert [one.integration for one in bound.channels] == ["slack"]


def test_what_is_missing_is_looked_for_once_by_call():
    integrations = Remembering()
    of_one_call = binder(integrations)

    for _ in range(3):
        with pytest.raises(NoIntegration):
            of_one_call.bind(named("x"))
    left = of_one_call.bind_known(named("x", "y"))

    assert (left.channels, integrations.reads) == ((), 1)


def test_what_is_remembered_costs_no_read():
    integrations = Remembering(SLACK)

    binder(integrations).bind(named("x"))
    binder(integrations).bind(a.person("ana", email="ana@example.com"))

    assert integrations.reads == 0


def test_what_was_left_out_is_only_the_address_without_an_integration():
    integrations = Remembering(SLACK)
    other = replace(a.slack_address("y"), provider="discord")

    bound = binder(integrations).bind_known(
        a.person("ana", email="ana@example.com", channels=[a.slack_address("x"), other])
    )

    assert [one.provider for one in bound.channels] == ["slack"]
    assert bound.email == "ana@example.com"
