"""Deliveries and their records: what a history holds, and how they are counted."""

from datetime import timedelta

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import (
    Attempt,
    Chunk,
    ChunkKey,
    Delivery,
    DeliveryRecord,
    EventDetails,
    Outcome,
    Status,
    tally,
)
from carillon.domain.subscriptions.subscriptions import AnswerMode, Listener
from tests import fakes

NOW = fakes.START


def delivery(**fields):
    known = {"id": "d1", "invocation": "i1", "integration": "int_1", "provider": "p", "address": {}}
    return Delivery(**(known | fields))


def record(status=Status.SENT, invocation="i1", **fields):
    known = {"outcome": Outcome.SENT, "attempts": 1, "at": NOW}
    return DeliveryRecord(
        delivery="d1",
        invocation=invocation,
        integration="int_1",
        provider="p",
        status=status,
        **(known | fields),
    )


def test_only_a_delivery_that_is_tried_again_is_not_final():
    assert [status for status in Status if not status.final] == [Status.RETRYING]


@pytest.mark.parametrize(
    ("listener", "once"),
    [
        (None, False),
        (Listener(subscription="s"), False),
        *((Listener(subscription="s", mode=mode), True) for mode in AnswerMode),
    ],
)
def test_a_delivery_is_made_once_where_somebody_waits_for_its_answer(listener, once):
    assert delivery(listener=listener).once is once


@pytest.mark.parametrize(
    ("address", "own"), [({}, False), ({"channel": "C1"}, False), ({"webhook_url": "u"}, True)]
)
def test_a_webhooks_address_is_a_url_of_its_own(address, own):
    assert delivery(address=address).has_own_url is own


def test_a_history_ends_with_the_latest_attempt():
    first = Attempt(at=NOW, outcome=Outcome.RETRY, code="busy", http_status=503)
    later = NOW + timedelta(minutes=1)

    history = record(attempts=2, at=later, earlier=(first,), http_status=200).history

    latest = Attempt(at=later, outcome=Outcome.SENT, http_status=200, integration="int_1")
    assert history == (first, latest)


def test_what_is_no_attempt_adds_nothing_to_a_history():
    first = Attempt(at=NOW, outcome=Outcome.RETRY)

    assert record(Status.CANCELLED, attempts=1, earlier=(first,)).history == (first,)
    assert record(Status.CANCELLED, attempts=0).history == ()


def test_records_are_counted_by_invocation_and_status():
    records = [record(), record(), record(Status.FAILED), record(invocation="i2")]

    counts = tally(records)

    assert counts == {"i1": {Status.SENT: 2, Status.FAILED: 1}, "i2": {Status.SENT: 1}}


def test_a_chunks_key_is_its_job_its_range_and_its_id():
    details = EventDetails(event="welcome", accepted_at=NOW, application="p/app")
    chunk = Chunk(
        id="c1",
        tenant="acme",
        job="j1",
        channel=Channel.EMAIL,
        range=3,
        details={"i1": details},
        deliveries=(delivery(),),
    )

    assert chunk.key == ChunkKey("j1", 3, "c1")
    assert details.event_key == ("p/app", "welcome")
