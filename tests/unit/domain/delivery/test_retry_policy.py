"""When a delivery is tried again: late enough, spread enough, and not for ever."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carillon.domain.base.channels import Channel
from carillon.domain.delivery import retry_policy
from carillon.domain.delivery.deliveries import Delivery, Outcome, Result, Status
from carillon.domain.delivery.retry_policy import DELAYS, MAX_ATTEMPTS, WINDOW
from tests import fakes

NOW = fakes.START
NOT_NOW = Result(outcome=Outcome.RETRY)
DAY = 86_400

attempts = st.integers(1, MAX_ATTEMPTS - 1)
names = st.text(st.characters(codec="utf-8"), max_size=20)


def delivery(id="dlv_1"):
    return Delivery(id=id, invocation="i", integration="int", provider="p", address={})


def end(channel=Channel.CHAT):
    return retry_policy.end(channel, accepted_at=NOW, since=NOW)


def delay(result, number, id="dlv_1"):
    follows = retry_policy.after(result, number, delivery(id), now=NOW, end=end())
    assert follows.status is Status.RETRYING
    return (follows.at - NOW).total_seconds()


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


def test_the_last_attempt_is_the_end():
    follows = retry_policy.after(NOT_NOW, MAX_ATTEMPTS, delivery(), now=NOW, end=end())

    assert follows == retry_policy.Next(Status.EXHAUSTED)


def test_what_would_be_due_past_the_window_is_exhausted():
    later = NOW + WINDOW - timedelta(minutes=1)

    follows = retry_policy.after(NOT_NOW, 4, delivery(), now=later, end=end())

    assert follows == retry_policy.Next(Status.EXHAUSTED)


def test_a_push_is_worth_nothing_after_four_hours():
    later = NOW + timedelta(hours=3)

    chat = retry_policy.after(NOT_NOW, 6, delivery(), now=later, end=end(Channel.CHAT))
    push = retry_policy.after(NOT_NOW, 6, delivery(), now=later, end=end(Channel.PUSH))

    assert (chat.status, push.status) == (Status.RETRYING, Status.EXPIRED)
    late = NOW + timedelta(hours=4)
    assert retry_policy.is_too_late(Channel.PUSH, accepted_at=NOW, now=late)
    assert not retry_policy.is_too_late(Channel.PUSH, accepted_at=NOW, now=later)
    assert not retry_policy.is_too_late(Channel.EMAIL, accepted_at=NOW, now=late)


@given(st.floats(0, 76 * 3600), names)
def test_a_held_delivery_looks_again_within_the_hour_and_not_within_a_minute(waited, id):
    now = NOW + timedelta(seconds=waited)
    follows = retry_policy.held(delivery(id), since=NOW, now=now, end=end())

    if follows.status is Status.RETRYING:
        assert 60 <= (follows.at - now).total_seconds() <= 3600
    else:
        assert now + timedelta(hours=1) >= NOW + WINDOW


@pytest.mark.parametrize("outcome", [Outcome.SENT, Outcome.DEAD, Outcome.CONFIG, Outcome.BAD])
def test_what_cannot_change_is_final_at_once(outcome):
    follows = retry_policy.after(Result(outcome=outcome), 1, delivery(), now=NOW, end=end())

    assert follows.status.final
    assert follows.at is None
