"""What a subscriber gets of an event type that some or all do not want."""

import pytest

from carillon.domain.audience.preferences import Preference, Preferences, name
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import Defaults, Priority
from carillon.usecases.delivery.fan_out import fan_out
from tests import builders as a

BOTH = {Channel.EMAIL: True, Channel.CHAT: True}
QUIET = Defaults(enabled=False)
NO_MAIL = Defaults(channels={Channel.EMAIL: False})
MAIL_ALONE = Defaults(enabled=False, channels={Channel.EMAIL: True})


def reached(preferences=None, **fields):
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
    assert reached(defaults=defaults) == expected


def test_what_somebody_says_goes_before_the_defaults():
    assert reached(said(channels={"email": True}), defaults=NO_MAIL) == {*BOTH}
    assert reached(said(enabled=True), defaults=QUIET) == {*BOTH}
    assert reached(said(enabled=False), defaults=MAIL_ALONE) == set()


def test_what_is_required_reaches_everybody():
    assert reached(defaults=QUIET, priority=Priority.REQUIRED) == {*BOTH}
