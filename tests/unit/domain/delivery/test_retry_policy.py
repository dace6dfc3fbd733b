"""When a delivery is tried again: late enough, spread enough, and not for ever."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carillon.domain.base.channels import Channel
from carillon.domain.delivery import retry_policy
from carillon.domain.delivery.deliveries import Delivery, Outcome, Result
from carillon.domain.delivery.retry_policy import DELAYS, MAX_ATTEMPTS, WINDOW
from tests import fakes

NOW = fakes.START
NOT_NOW = Result(outcome=Outcome.RETRY)
DAY = 86_400

attempts = st.integers(1, MAX_ATTEMPTS - 1)
names = st.text(st.characters(codec="utf-8"), max_size=20)


def delivery(id="dlv_1", address=None):
    return Delivery(id=id, invocation="i", integration="int", provider="p", address=address or {})


def delay(result, number, id="dlv_1"):
    return (retry_policy.next_attempt(result, number, delivery(id), now=NOW) - NOW).total_seconds()


@given(attempts, names)
def test_a_delay_is_never_shorter_than_its_base_nor_longer_than_half_of_it_more(number, id):
    base = DELAYS[number - 1]

    assert base <= delay(NOT_NOW, number, id) <= base + min(max(5, base / 2), 900)


@given(attempts, st.floats(0, 10 * DAY), names)
def test_a_providers_wish_is_obeyed_up_to_a_day(number, wish, id):
    waited = delay(Result(outcome=Outcome.RETRY, retry_after=wish), number, id)

    assert waited >= min(wish, DAY)
    assert waited <= max(DELAYS[number - 1], min(wish, DAY)) + 900


def test_twelve_attempts_take_about_three_days():
    hours = [
        sum(delay(NOT_NOW, n, f"d{d}") for n in range(1, MAX_ATTEMPTS)) / 3600 for d in range(99)
    ]

    assert MAX_ATTEMPTS == 12
    assert min(hours) > 73.7
    assert max(hours) < 75.6
    assert max(hours) < WINDOW.total_seconds() / 3600


@pytest.mark.parametrize(("number", "share"), [(1, 0.25), (2, 0.10), (3, 0.03), (4, 0.01)])
def test_what_failed_together_comes_back_spread(number, share):
    seconds = [int(delay(NOT_NOW, number, f"dlv_{n}")) for n in range(10_000)]

    assert max(seconds.count(second) for second in set(seconds)) <= share * 10_000


def test_the_same_attempt_has_the_same_delay():
    assert delay(NOT_NOW, 3) == delay(NOT_NOW, 3)


def test_nothing_follows_the_last_attempt():
    assert retry_policy.next_attempt(NOT_NOW, MAX_ATTEMPTS, delivery(), now=NOW) is None


def test_every_delivery_is_given_up_after_the_window():
    assert retry_policy.gives_up(NOW) == NOW + WINDOW


def test_a_push_is_worth_nothing_after_four_hours():
    late, later = NOW + timedelta(hours=3), NOW + timedelta(hours=4)

    assert retry_policy.expires(Channel.PUSH, NOW) == later
    assert not retry_policy.is_too_late(Channel.PUSH, accepted_at=NOW, now=late)
    assert retry_policy.is_too_late(Channel.PUSH, accepted_at=NOW, now=later)


@pytest.mark.parametrize("channel", set(Channel) - {Channel.PUSH})
def test_other_messages_keep_their_worth(channel):
    assert retry_policy.expires(channel, NOW) is None
    assert not retry_policy.is_too_late(channel, accepted_at=NOW, now=NOW + timedelta(days=30))


@given(st.floats(0, 76 * 3600), names)
def test_a_held_delivery_looks_again_within_the_hour_and_not_within_a_minute(waited, id):
    now = NOW + timedelta(seconds=waited)

    due = retry_policy.next_look(delivery(id), since=NOW, now=now)

    assert 60 <= (due - now).total_seconds() <= 3600


@given(st.floats(0, 76 * 3600), names)
def test_what_our_own_store_keeps_back_waits_between_5_seconds_and_10_minutes(waited, id):
    due = retry_policy.next_try(delivery(id), waited=timedelta(seconds=waited), now=NOW)

    assert 5 <= (due - NOW).total_seconds() <= 600


@pytest.mark.parametrize(
    ("code", "believed"),
    [
        ("name_not_found", Outcome.CONFIG),
        ("tls_failed", Outcome.CONFIG),
        ("connect_failed", Outcome.RETRY),
    ],
)
def test_a_fault_that_lasts_is_believed_at_the_third_attempt(code, believed):
    result = Result(outcome=Outcome.RETRY, code=code)

    judged = [retry_policy.judge(result, number).outcome for number in (1, 2, 3, 4)]

    assert judged == [Outcome.RETRY, Outcome.RETRY, believed, believed]


@pytest.mark.parametrize("outcome", set(Outcome) - {Outcome.RETRY})
def test_any_other_answer_is_what_it_says(outcome):
    result = Result(outcome=outcome, code="name_not_found")

    assert retry_policy.judge(result, MAX_ATTEMPTS) == result
