"""Overrides: how tables are merged, and whose addresses they replace."""

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.intake.overrides import NO_OVERRIDES, Override, Overrides


def test_a_later_table_comes_before_an_earlier_one_field_by_field():
    first = Override(place="email", channel=Channel.EMAIL, integration="one")
    later = Override(place="channels.email", channel=Channel.EMAIL)

    found = NO_OVERRIDES.with_table(first, {"subject": "A", "headers": {"x": "1", "y": "1"}})
    found = found.with_table(later, {"subject": "B", "headers": {"y": "2"}})

    assert found == Overrides(
        integrations={Channel.EMAIL: "one"},
        channels={Channel.EMAIL: {"subject": "B", "headers": {"x": "1", "y": "2"}}},
    )


def test_lists_are_replaced_and_an_empty_table_says_nothing():
    table = Override(place="fcm", provider="fcm")

    found = NO_OVERRIDES.with_table(table, {"device_tokens": ["a", "b"]})
    found = found.with_table(table, {"device_tokens": ["c"]})

    assert found.of_provider("fcm") == {"device_tokens": ["c"]}
    assert NO_OVERRIDES.with_table(table, {}) == NO_OVERRIDES


@pytest.mark.parametrize(
    ("overrides", "channel", "provider", "addresses"),
    [
        (NO_OVERRIDES, Channel.PUSH, "fcm", []),
        (
            Overrides(providers={"fcm": {"device_tokens": ("a", "b")}}),
            Channel.PUSH,
            "fcm",
            [{"device_token": "a"}, {"device_token": "b"}],
        ),
        (Overrides(providers={"fcm": {"device_tokens": ("a",)}}), Channel.PUSH, "expo", []),
        (Overrides(channels={Channel.SMS: {"to": "+1"}}), Channel.SMS, "sns", [{"phone": "+1"}]),
        (
            Overrides(channels={Channel.SMS: {"to": "+1"}}, providers={"sns": {"to": "+2"}}),
            Channel.SMS,
            "sns",
            [{"phone": "+2"}],
        ),
        # Of a mail, `to` names further recipients.
        (Overrides(channels={Channel.EMAIL: {"to": ["a@b.co"]}}), Channel.EMAIL, "ses", []),
    ],
)
def test_addresses_that_take_the_place_of_each_recipients_own(
    overrides, channel, provider, addresses
):
    assert overrides.addresses(channel, provider) == addresses
