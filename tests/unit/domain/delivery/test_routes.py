"""The ways that an event may take: where it passes an address by, that is on record."""

from dataclasses import replace

from carillon.domain.audience.addresses import ChannelAddress
from carillon.domain.base.channels import Channel
from carillon.domain.delivery import routing
from carillon.domain.delivery.routes import Routes
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.integrations.integrations import Clause, Condition
from tests import builders as a

OFF, ON = (
    a.integration("slack", Channel.CHAT, id=f"int_{name}", identifier=name, active=name == "on")
    for name in ("off", "on")
)
BEN = a.subscriber(
    "ben",
    channels=tuple(
        ChannelAddress("slack", integration=name, channel=name) for name in ("off", "on")
    ),
)


def ways(subscriber, *integrations, event=None, context=None, most=100):
    """The deliveries by chat: the integration, and why it is skipped if it is."""
    routes = Routes.of(event, [Channel.CHAT], integrations, context=context, most=most)
    found = routing.to_subscriber("i1", subscriber, routes)
    return [(one.integration, one.skip) for _, one in found]


HELD = replace(
    ON,
    id="int_off",
    identifier="off",
    conditions=(Condition(clauses=(Clause(contexts=("north",)),)),),
)
MUTING = a.event_type(muted=frozenset({"slack"}))


def test_an_address_whose_integration_is_passed_by_is_on_record_beside_those_that_are_reached():
    assert ways(BEN, OFF, ON) == [("int_on", None), ("int_off", SkipReason.INTEGRATION_INACTIVE)]
    assert ways(BEN, HELD, ON, context="south")[1] == ("int_off", SkipReason.INTEGRATION_CONDITIONS)
    assert ways(BEN, HELD, ON, context="north") == [("int_off", None), ("int_on", None)]


def test_one_who_has_an_address_with_an_integration_that_is_off_does_not_lack_an_address():
    only = replace(BEN, channels=BEN.channels[:1])

    assert ways(only, OFF, ON) == [("int_off", SkipReason.INTEGRATION_INACTIVE)]
    assert ways(replace(BEN, channels=()), OFF, ON) == [("", SkipReason.NO_ADDRESS)]


def test_where_nothing_carries_the_channel_there_is_one_reason_for_it():
    assert ways(BEN, OFF, HELD) == [("", SkipReason.INTEGRATION_CONDITIONS)]
    assert ways(BEN, OFF, ON, event=MUTING) == [("", SkipReason.MUTED)]


def test_the_skips_of_a_channel_are_within_its_limit():
    assert ways(BEN, OFF, ON, most=1) == [("int_on", None)]
