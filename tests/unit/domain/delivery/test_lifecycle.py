"""Every state of a delivery, and every event: where it leads from there, or that it does not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.delivery import lifecycle, retry_policy
from carillon.domain.delivery.deliveries import (
    Concern,
    Delivery,
    DeliveryRecord,
    Outcome,
    Result,
    Status,
)
from carillon.domain.delivery.lifecycle import AlreadyFinal, OpenDelivery
from carillon.domain.delivery.retry_policy import MAX_ATTEMPTS, WINDOW
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.subscriptions.subscriptions import AnswerMode, Listener
from tests import fakes

NOW = fakes.START
A_MINUTE = timedelta(minutes=1)

DELIVERY = Delivery(
    id="dlv_1",
    invocation="i1",
    integration="int_1",
    provider="slack",
    address={"channel": "C1"},
    subscriber="ana",
    replay_of="dlv_0",
    dead="channel_not_found",
    skip=SkipReason.NO_ADDRESS,
)
# Each event, as it would come at the delivery's first turn.
EVENTS = {
    "attempt": lambda one: attempt(one, Outcome.SENT),
    "hold": lambda one: lifecycle.hold(one, accepted_at=NOW, at=NOW),
    "postpone": lambda one: lifecycle.postpone(one, accepted_at=NOW, at=NOW),
    "expire": lambda one: lifecycle.expire(one, at=NOW),
    "suppress": lambda one: lifecycle.suppress(one, at=NOW),
    "skip": lambda one: lifecycle.skip(one, at=NOW),
    "cancel": lambda one: lifecycle.cancel(one, at=NOW),
    "drop": lambda one: lifecycle.drop(one, at=NOW),
    "erase": lambda one: lifecycle.erase(one, at=NOW),
}
LEADS_TO = {
    "attempt": Status.SENT,
    "hold": Status.RETRYING,
    "postpone": Status.RETRYING,
    "expire": Status.EXPIRED,
    "suppress": Status.SUPPRESSED,
    "skip": Status.SKIPPED,
    "cancel": Status.CANCELLED,
    "drop": Status.CANCELLED,
    "erase": Status.CANCELLED,
}


def record(status=Status.RETRYING, attempts=1, **fields):
    return DeliveryRecord(
        delivery=DELIVERY.id,
        invocation=DELIVERY.invocation,
        integration=DELIVERY.integration,
        provider=DELIVERY.provider,
        status=status,
        attempts=attempts,
        **{"outcome": Outcome.RETRY, "at": NOW} | fields,
    )


def open_delivery(before=None, channel=Channel.CHAT, delivery=DELIVERY, since=NOW):
    return OpenDelivery(delivery=delivery, channel=channel, since=since, record=before)


def attempt(one, outcome, *, at=NOW, accepted_at=NOW, **fields):
    result = Result(outcome=outcome, **fields)
    return lifecycle.attempt(one, result, accepted_at=accepted_at, at=at)


def test_every_event_is_tried_and_every_status_can_be_reached():
    events = {
        name
        for name, value in vars(lifecycle).items()
        if callable(value) and value.__module__ == lifecycle.__name__ and name[0].islower()
    }

    assert events == EVENTS.keys() == LEADS_TO.keys()
    exhausted = attempt(open_delivery(record(attempts=MAX_ATTEMPTS - 1)), Outcome.RETRY)
    failed = attempt(open_delivery(), Outcome.BAD)
    assert {*LEADS_TO.values(), exhausted.status, failed.status} == set(Status)


@pytest.mark.parametrize("before", [None, record()], ids=["planned", "retrying"])
@pytest.mark.parametrize("event", EVENTS)
def test_an_open_delivery_takes_every_event(before, event):
    after = EVENTS[event](open_delivery(before))

    assert after.status is LEADS_TO[event]
    assert after.status.final is (after.next_attempt_at is None)
    assert after.attempts == (before.attempts if before else 0) + (event == "attempt")
    assert after.at == NOW


@pytest.mark.parametrize("status", [status for status in Status if status.final])
@pytest.mark.parametrize("event", EVENTS)
def test_a_final_delivery_takes_none(status, event):
    with pytest.raises(AlreadyFinal, match=f"dlv_1 is {status}"):
        EVENTS[event](open_delivery(record(status)))


@pytest.mark.parametrize("event", EVENTS)
def test_whatever_happens_the_record_says_of_which_delivery_it_is(event):
    after = EVENTS[event](open_delivery())

    assert (after.delivery, after.invocation, after.integration) == ("dlv_1", "i1", "int_1")
    assert (after.provider, after.channel, after.replay_of) == ("slack", Channel.CHAT, "dlv_0")
    assert after.subscriber == (None if event == "erase" else "ana")


@pytest.mark.parametrize("event", EVENTS)
def test_the_history_is_of_attempts_and_loses_none(event):
    first = attempt(open_delivery(), Outcome.RETRY, code="busy", http_status=503)

    after = EVENTS[event](open_delivery(first))

    assert [one.code for one in after.history][:1] == ["busy"]
    assert len(after.history) == after.attempts


@pytest.mark.parametrize(
    ("event", "outcome", "code"),
    [
        ("hold", Outcome.CONFIG, "circuit_open"),
        ("postpone", Outcome.RETRY, "store_unavailable"),
        ("expire", Outcome.RETRY, "too_late"),
        ("suppress", Outcome.DEAD, "channel_not_found"),
        ("cancel", Outcome.BAD, "cancelled"),
        ("drop", Outcome.BAD, "dropped"),
    ],
)
def test_an_event_without_an_answer_says_why(event, outcome, code):
    before = record(code="busy", http_status=503, detail="try later")

    after = EVENTS[event](open_delivery(before))

    assert (after.outcome, after.code) == (outcome, code)
    assert (after.http_status, after.message_id, after.detail) == (None, "", "")


def test_a_cancellation_may_have_another_reason():
    assert lifecycle.cancel(open_delivery(), at=NOW, code="tenant_inactive").code == (
        "tenant_inactive"
    )


def test_an_answer_is_kept_as_it_came():
    fields = {"code": "ok", "http_status": 200, "message_id": "m1", "detail": "thanks"}

    after = attempt(open_delivery(), Outcome.SENT, **fields)

    assert {name: getattr(after, name) for name in fields} == fields


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome.SENT, Status.SENT),
        (Outcome.DEAD, Status.FAILED),
        (Outcome.BAD, Status.FAILED),
        (Outcome.RETRY, Status.RETRYING),
        (Outcome.CONFIG, Status.RETRYING),  # somebody may mend it in the meantime
        (Outcome.UNSURE, Status.RETRYING),
    ],
)
def test_every_answer_has_its_state(outcome, status):
    assert attempt(open_delivery(), outcome).status is status


def test_the_policy_says_when_the_next_attempt_is():
    after = attempt(open_delivery(), Outcome.RETRY)

    due = retry_policy.next_attempt(Result(outcome=Outcome.RETRY), 1, DELIVERY, now=NOW)
    assert after.next_attempt_at == due


def test_a_fault_that_lasts_is_recorded_as_what_it_means():
    before = record(attempts=2, earlier=record().history)

    after = attempt(open_delivery(before), Outcome.RETRY, code="tls_failed")

    assert (after.status, after.outcome) == (Status.RETRYING, Outcome.CONFIG)


def test_what_a_store_of_ours_keeps_back_is_tried_again_soon_and_ever_less_often():
    one, at, waits = record(), NOW, []
    for _ in range(30):
        one = lifecycle.postpone(open_delivery(one), accepted_at=NOW, at=at)
        waits.append(one.next_attempt_at - at)
        at = one.next_attempt_at

    assert waits[0] < timedelta(seconds=8)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=10)
    assert one.attempts == 1


def test_a_listener_who_waits_is_told_at_once_that_a_store_of_ours_failed():
    waited_for = replace(DELIVERY, listener=Listener(subscription="s", mode=AnswerMode.SYNC))

    after = lifecycle.postpone(open_delivery(delivery=waited_for), accepted_at=NOW, at=NOW)

    assert (after.status, after.code) == (Status.FAILED, "store_unavailable")
    assert after.attempts == 0


@pytest.mark.parametrize("outcome", Outcome)
def test_nothing_is_attempted_twice_for_a_listener_who_waits(outcome):
    waited_for = replace(DELIVERY, listener=Listener(subscription="s", mode=AnswerMode.SYNC))

    after = attempt(open_delivery(delivery=waited_for), outcome)

    assert after.status is (Status.SENT if outcome is Outcome.SENT else Status.FAILED)


def test_the_twelfth_attempt_is_the_last():
    before = record(attempts=MAX_ATTEMPTS - 1)

    assert attempt(open_delivery(before), Outcome.RETRY).status is Status.EXHAUSTED
    assert attempt(open_delivery(before), Outcome.SENT).status is Status.SENT


@pytest.mark.parametrize("event", ["attempt", "hold", "postpone"])
@pytest.mark.parametrize(
    ("channel", "waited", "status"),
    [
        (Channel.CHAT, timedelta(hours=3, minutes=59), Status.RETRYING),
        (Channel.PUSH, timedelta(hours=3, minutes=59, seconds=59), Status.EXPIRED),
        (Channel.CHAT, WINDOW - timedelta(seconds=1), Status.EXHAUSTED),
    ],
)
def test_what_would_be_due_too_late_ends_now(event, channel, waited, status):
    one, at = open_delivery(record(attempts=4), channel=channel), NOW + waited

    if event == "attempt":
        after = attempt(one, Outcome.RETRY, at=at)
    else:
        after = getattr(lifecycle, event)(one, accepted_at=NOW, at=at)

    assert after.status is status


def test_a_push_whose_window_closes_first_is_exhausted():
    one = open_delivery(record(attempts=4), channel=Channel.PUSH, since=NOW - WINDOW)

    assert attempt(one, Outcome.RETRY, at=NOW).status is Status.EXHAUSTED


def test_a_persons_own_choice_ends_the_message():
    after = attempt(open_delivery(), Outcome.CONFIG, code="21610", concerns=Concern.PERSON)

    assert (after.status, after.code) == (Status.FAILED, "21610")


@pytest.mark.parametrize("code", ["integration_missing", "integration_inactive"])
def test_what_nobody_was_asked_for_ends_at_once(code):
    assert attempt(open_delivery(), Outcome.CONFIG, code=code).status is Status.FAILED


def unsure(before=None, *, drops_repeats, at=NOW):
    result = Result(outcome=Outcome.UNSURE, code="no_answer", detail="nothing came in time")
    return lifecycle.attempt(
        open_delivery(before), result, accepted_at=NOW, at=at, drops_repeats=drops_repeats
    )


def test_what_may_have_been_sent_is_tried_twice_more_where_people_see_each_and_says_so():
    first = unsure(drops_repeats=False)
    second = unsure(first, drops_repeats=False)
    third = unsure(second, drops_repeats=False)

    statuses = [first.status, second.status, third.status]
    assert statuses == [Status.RETRYING, Status.RETRYING, Status.EXHAUSTED]
    assert first.next_attempt_at - NOW >= timedelta(minutes=30)
    assert second.next_attempt_at - NOW >= timedelta(hours=2)
    assert all("may have been sent" in one.detail for one in (first, second, third))


def test_what_may_have_been_sent_is_tried_as_ever_where_repetitions_are_dropped():
    one = None
    for _ in range(MAX_ATTEMPTS - 1):
        one = unsure(one, drops_repeats=True)
        assert one.status is Status.RETRYING

    assert unsure(one, drops_repeats=True).status is Status.EXHAUSTED
    assert one.detail == "nothing came in time"


def test_a_refusal_in_between_is_no_further_copy():
    first = unsure(drops_repeats=False)

    busy = attempt(open_delivery(first), Outcome.RETRY, code="busy")

    assert busy.next_attempt_at - NOW < timedelta(minutes=30)
    assert unsure(busy, drops_repeats=False).status is Status.RETRYING
