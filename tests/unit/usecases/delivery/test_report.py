"""A report says whether an address has just been called dead."""

from dataclasses import replace

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Delivery, DeliveryRecord, Outcome, Result, Status
from carillon.domain.delivery.lifecycle import OpenDelivery
from carillon.usecases.delivery.report import Report
from tests import builders as a

DELIVERY = Delivery(
    id="d", invocation="i", integration="int", provider="ses", address={}, subscriber="ana"
)
RECORD = DeliveryRecord(
    delivery="d",
    invocation="i",
    integration="int",
    provider="ses",
    status=Status.FAILED,
    outcome=Outcome.DEAD,
    attempts=1,
    at=a.NOW,
)
DEATH = Report(
    delivery=DELIVERY,
    record=RECORD,
    result=Result(outcome=Outcome.DEAD),
    before=OpenDelivery(delivery=DELIVERY, channel=Channel.EMAIL, since=a.NOW),
)


def test_a_death_is_a_refusal_of_a_subscribers_address_for_good():
    assert DEATH.is_death


@pytest.mark.parametrize(
    "report",
    [
        replace(DEATH, result=None),
        replace(DEATH, before=None),
        replace(DEATH, delivery=replace(DELIVERY, subscriber=None)),
        replace(DEATH, record=replace(RECORD, outcome=Outcome.BAD)),
        replace(DEATH, record=replace(RECORD, status=Status.SUPPRESSED)),
    ],
    ids=["not asked", "not open before", "nobody's", "another refusal", "dead long since"],
)
def test_anything_else_is_none(report):
    assert not report.is_death
