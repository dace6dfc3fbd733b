"""Merging what a caller says about a person into what is known."""

from carillon.domain.audience.addresses import ChannelAddress
from carillon.domain.audience.subscribers import merge
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

    assert after.channels == (
        ChannelAddress(provider="fcm", device_tokens=("t1", "t2")),
        a.slack_address("new"),
    )
