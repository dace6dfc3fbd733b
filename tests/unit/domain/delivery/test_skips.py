"""Skips: each reason has a sentence, and each preference that refuses is told by its name."""

import pytest

from carillon.domain.audience.preferences import Preference, Preferences, name
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import Defaults, Priority
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.skips import SENTENCES, SkipReason, refused_by
from tests import builders as a

OFF, MAIL_OFF = Preference(enabled=False), Preference(channels={Channel.EMAIL: False})


def test_every_reason_has_a_sentence_that_says_what_to_do():
    assert SENTENCES.keys() == set(SkipReason)
    assert all(sentence.count(". ") >= 1 for sentence in SENTENCES.values())


def test_no_reason_is_called_as_a_status_is():
    assert not {*SkipReason} & {*Status}, "a tally counts both under their own names"


@pytest.mark.parametrize(
    ("overall", "own", "reason"),
    [
        (Preference(), Preference(), None),
        (OFF, Preference(), SkipReason.PREFERENCE_GLOBAL),
        (MAIL_OFF, Preference(), SkipReason.PREFERENCE_GLOBAL_CHANNEL),
        (Preference(), OFF, SkipReason.PREFERENCE_EVENT_TYPE),
        (Preference(), MAIL_OFF, SkipReason.PREFERENCE_EVENT_TYPE_CHANNEL),
    ],
)
def test_the_preference_that_refuses_is_told(overall, own, reason):
    event = a.event_type("welcome")
    preferences = Preferences(overall=overall, events={name(event): own})

    assert refused_by(preferences, event, Channel.EMAIL) is reason


def test_what_nobody_switched_off_is_off_by_default_and_what_is_required_never_is():
    off = a.event_type("welcome", defaults=Defaults(enabled=False))
    required = a.event_type("welcome", priority=Priority.REQUIRED)

    assert refused_by(Preferences(), off, Channel.EMAIL) is SkipReason.PREFERENCE_DEFAULT
    assert refused_by(Preferences(overall=OFF), required, Channel.EMAIL) is None
