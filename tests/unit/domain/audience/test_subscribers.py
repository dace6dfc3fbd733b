"""Merging what a caller says about a person into what is known."""

from datetime import timedelta

import pytest

from carillon.domain.audience.addresses import ChannelAddress
from carillon.domain.audience.subscribers import Burial, DeadAddress, bury, merge, unbury
from tests import builders as a


def test_what_is_not_said_stays():
    known = a.subscriber("ana", email="ana@example.com", first_name="Ana")

    after = merge(known, a.person("ana", first_name="Anna"), a.NOW)

    assert (after.email, after.first_name, after.version) == ("ana@example.com", "Anna", 2)


def test_nothing_new_is_the_very_same():
    known = a.subscriber("ana", email="ana@example.com")

    assert merge(known, a.person("ana", email="ana@example.com"), a.NOW) is known


def test_device_tokens_are_united_and_a_webhook_is_replaced():
    phone = ChannelAddress(provider="fcm", device_tokens=("t1",))
    known = a.subscriber("ana", channels=(phone, a.slack_address("old")))
    new_phone = ChannelAddress(provider="fcm", device_tokens=("t2", "t1"))

    after = merge(known, a.person("ana", channels=(new_phone, a.slack_address("new"))), a.NOW)

    devices, chat = after.channels
    assert (devices.provider, devices.device_tokens) == ("fcm", ("t1", "t2"))
    assert chat == a.slack_address("new")


HOUR = timedelta(hours=1)


def with_token(*, registers_at=(), named_at=()):
    """Somebody whose app has registered a token, and whom triggers have named with it."""
    phone = ChannelAddress(provider="apns", device_tokens=("t1",))
    times = [*((at, True) for at in registers_at), *((at, False) for at in named_at)]
    person = None
    for at, registers in sorted(times):
        person = merge(person, a.person("ana", channels=(phone,), registers=registers), at)
    return person


def burial(gone_since=None, token="t1"):
    death = DeadAddress(mark="m1", integration="int_apns", code="Unregistered", at=a.NOW)
    return Burial(death=death, address={"device_token": token}, gone_since=gone_since)


@pytest.mark.parametrize(
    ("registered_at", "gone_since", "dead"),
    [
        (a.NOW, None, True),  # the provider does not say since when
        (a.NOW, a.NOW + HOUR, True),
        (a.NOW, a.NOW - HOUR, False),  # registered since: another installation is meant
        (a.NOW, a.NOW, True),
    ],
)
def test_a_death_is_not_of_a_token_that_was_registered_after_it(registered_at, gone_since, dead):
    person = with_token(registers_at=[registered_at])

    after = bury(person, [burial(gone_since)])

    assert bool(after.dead) is dead
    assert (after is person) is not dead


def test_registering_a_token_once_more_makes_it_younger_and_naming_it_does_not():
    anew = with_token(registers_at=[a.NOW, a.NOW + 2 * HOUR])
    named = with_token(registers_at=[a.NOW], named_at=[a.NOW + 2 * HOUR])

    assert bury(anew, [burial(a.NOW + HOUR)]).dead == ()
    assert bury(named, [burial(a.NOW + HOUR)]).dead != ()


def test_starting_an_app_often_changes_nothing():
    once = with_token(registers_at=[a.NOW])

    again = with_token(registers_at=[a.NOW, a.NOW + HOUR / 2])

    assert again.version == once.version


def test_only_the_deaths_that_are_named_are_taken_back():
    person = bury(with_token(registers_at=[a.NOW]), [burial()])

    assert unbury(person, {"m2"}) is person
    assert unbury(person, {"m1", "m2"}).dead == ()
