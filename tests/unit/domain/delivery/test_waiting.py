"""A waiting delivery: due by its record, held by a lease, and opened for its next event."""

from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.delivery import lifecycle
from carillon.domain.delivery.deliveries import Delivery, Outcome, Result, Status
from carillon.domain.delivery.lifecycle import AlreadyFinal, OpenDelivery
from carillon.domain.delivery.waiting import LONGEST_DELAY, PATIENCE, DeliveryKey, Waiting
from tests import fakes

NOW = fakes.START
SECOND = timedelta(seconds=1)
DELIVERY = Delivery(id="d1", invocation="i1", integration="int_1", provider="p", address={})
FIRST = OpenDelivery(delivery=DELIVERY, channel=Channel.CHAT, since=NOW)
RETRYING = lifecycle.attempt(FIRST, Result(outcome=Outcome.RETRY), accepted_at=NOW, at=NOW)
SENT = lifecycle.attempt(FIRST, Result(outcome=Outcome.SENT), accepted_at=NOW, at=NOW)


def waiting(record=RETRYING, **fields):
    return Waiting(
        tenant="acme",
        channel=Channel.CHAT,
        job="j1",
        accepted_at=NOW,
        since=NOW,
        delivery=DELIVERY,
        record=record,
        **fields,
    )


@pytest.mark.parametrize(
    ("delay", "patience"),
    [(SECOND, PATIENCE), (LONGEST_DELAY, PATIENCE), (LONGEST_DELAY + SECOND, timedelta(0))],
)
def test_the_sweeper_is_patient_with_what_rides_a_queue_alone(delay, patience):
    record = replace(RETRYING, next_attempt_at=NOW + delay)

    assert waiting(record).scheduled(NOW).sweep_at == NOW + delay + patience


def test_what_waits_for_nothing_is_not_swept():
    one = waiting(SENT, sweep_at=NOW, leased_until=NOW).scheduled(NOW)

    assert (one.sweep_at, one.leased_until) == (None, None)


def test_a_lease_is_found_by_the_sweeper_if_its_worker_dies():
    until = NOW + timedelta(seconds=90)

    held = waiting().leased(until)

    assert held.sweep_at == until + PATIENCE
    assert held.version == 2
    assert held.is_held(until)
    assert not held.is_held(until + SECOND)
    assert not waiting().is_held(NOW)


def test_the_next_record_ends_the_lease_and_counts_as_a_version():
    held = waiting().leased(NOW + timedelta(seconds=90))

    after = held.recorded(SENT, NOW)

    assert (after.record, after.version) == (SENT, 3)
    assert (after.leased_until, after.sweep_at) == (None, None)


def test_it_is_open_as_long_as_it_waits():
    assert waiting().open == replace(FIRST, record=RETRYING)
    assert waiting().key == DeliveryKey("i1", "d1")
    with pytest.raises(AlreadyFinal):
        _ = waiting(SENT).open
    assert SENT.status is Status.SENT
