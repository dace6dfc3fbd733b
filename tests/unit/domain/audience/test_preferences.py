"""What a subscriber wants to hear of, and by which channels."""

from itertools import product

import pytest

from carillon.domain.audience import preferences
from carillon.domain.audience.preferences import (
    EVENTS_LIMIT,
    Preference,
    PreferenceChanges,
    Preferences,
)
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.catalogue.event_types import Defaults, Priority
from tests import builders as a

WELCOME = a.event_type("welcome")
OFFER = a.event_type("offer")
EMAIL, CHAT = Channel.EMAIL, Channel.CHAT


def said(*changes):
    result = Preferences()
    for change in changes:
        result = preferences.change(result, change)
    return result


def all_of_them(**fields):
    return PreferenceChanges(**fields)


def only(event, **fields):
    return PreferenceChanges(event=event, **fields)


def test_what_nobody_spoke_of_is_wanted():
    assert Preferences().allow(WELCOME, EMAIL)


@pytest.mark.parametrize(
    ("changes", "welcome_email", "welcome_chat", "offer_email"),
    [
        ([all_of_them(enabled=False)], False, False, False),
        ([all_of_them(channels={EMAIL: False})], False, True, False),
        ([only(WELCOME, enabled=False)], False, False, True),
        ([only(WELCOME, channels={EMAIL: False})], False, True, True),
        ([all_of_them(enabled=False), only(WELCOME, enabled=True)], False, False, False),
        ([only(WELCOME, enabled=True), all_of_them(enabled=False)], False, False, False),
        ([all_of_them(channels={EMAIL: False}), only(WELCOME, channels={EMAIL: True})],
         False, True, False),
        # Said of all, it takes the place of what was said of one.
        ([only(WELCOME, channels={EMAIL: True, CHAT: False}), all_of_them(channels={EMAIL: False})],
         False, False, False),
        ([only(WELCOME, channels={EMAIL: False}), all_of_them(channels={EMAIL: True})],
         True, True, True),
        ([all_of_them(enabled=False), all_of_them(channels={EMAIL: True})], False, False, False),
        ([only(WELCOME, channels={EMAIL: False}), only(WELCOME, channels={CHAT: False})],
         False, False, True),
    ],
)  # fmt: skip
def test_what_is_off_for_all_is_off_for_each(changes, welcome_email, welcome_chat, offer_email):
    result = said(*changes)

    assert result.allow(WELCOME, EMAIL) == welcome_email
    assert result.allow(WELCOME, CHAT) == welcome_chat
    assert result.allow(OFFER, EMAIL) == offer_email


def test_what_is_required_arrives_whatever_was_said():
    alarm = a.event_type("alarm", priority=Priority.REQUIRED)
    silent = said(all_of_them(enabled=False, channels={EMAIL: False}), only(alarm, enabled=False))

    assert silent.allow(alarm, EMAIL)
    assert not silent.allow(WELCOME, EMAIL)


def test_an_event_type_of_the_same_name_elsewhere_is_another():
    elsewhere = a.event_type("welcome", application="shop/web")

    assert said(only(WELCOME, enabled=False)).allow(elsewhere, EMAIL)


@pytest.mark.parametrize(
    ("defaults", "changes", "email", "chat"),
    [
        (Defaults(enabled=False), [], False, False),
        (Defaults(enabled=False, channels={EMAIL: True}), [], True, False),
        (Defaults(channels={EMAIL: False}), [], False, True),
        (Defaults(channels={EMAIL: False}), [all_of_them(channels={EMAIL: True})], False, True),
        (Defaults(enabled=False), [only(WELCOME, channels={CHAT: True})], False, False),
        (Defaults(enabled=False), [only(WELCOME, enabled=True)], False, False),
        (Defaults(channels={EMAIL: False}), [only(WELCOME, enabled=True)], False, True),
        (Defaults(channels={EMAIL: True}), [all_of_them(enabled=False)], False, False),
    ],
)
def test_what_the_event_type_has_off_is_off_whatever_is_said(defaults, changes, email, chat):
    result, event = said(*changes), a.event_type("welcome", defaults=defaults)

    assert (result.allow(event, EMAIL), result.allow(event, CHAT)) == (email, chat)


def test_what_is_unsaid_again_takes_no_room():
    result = said(only(WELCOME, channels={EMAIL: False}), all_of_them(channels={EMAIL: True}))

    assert result == Preferences(overall=Preference(channels={EMAIL: True}))


def test_there_is_room_for_so_many_and_no_more():
    many = said(*(only(a.event_type(f"e{n}"), enabled=False) for n in range(EVENTS_LIMIT)))

    with pytest.raises(Invalid):
        preferences.change(many, only(WELCOME, enabled=False))
    assert preferences.change(many, only(a.event_type("e7"), enabled=True))


ON_OFF = (None, True, False)


@pytest.mark.parametrize("required", [False, True])
@pytest.mark.parametrize("default", [{}, {EMAIL: True}, {EMAIL: False}])
@pytest.mark.parametrize("default_all", [True, False])
def test_every_combination_is_as_the_table_of_precedence_says(required, default, default_all):
    """The table is in functions/novu/README.md, read from the top: the first row that fits."""
    priority = Priority.REQUIRED if required else Priority.OPTIONAL
    event = a.event_type(
        "welcome", defaults=Defaults(enabled=default_all, channels=default), priority=priority
    )
    combinations = product(ON_OFF, ON_OFF, ON_OFF, ON_OFF)
    for all_enabled, all_channel, own_enabled, own_channel in combinations:
        table = [
            (not default.get(EMAIL, default_all), False),
            (required, True),
            (all_enabled is False, False),
            (all_channel is False, False),
            (own_enabled is False, False),
            (own_channel is False, False),
            (True, True),
        ]
        wanted = Preferences(
            overall=preference(all_enabled, all_channel),
            events={preferences.name(event): preference(own_enabled, own_channel)},
        )

        expected = next(sent for fits, sent in table if fits)
        assert wanted.allow(event, EMAIL) is expected, (all_enabled, all_channel, own_enabled)


def preference(enabled, channel):
    return Preference(enabled=enabled, channels={} if channel is None else {EMAIL: channel})
