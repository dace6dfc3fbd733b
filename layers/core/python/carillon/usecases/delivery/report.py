"""The report of a delivery's turn."""

from dataclasses import dataclass

from carillon.domain.delivery.deliveries import (
    STORE_UNAVAILABLE,
    Delivery,
    DeliveryRecord,
    Outcome,
    Result,
    Status,
)
from carillon.domain.delivery.lifecycle import OpenDelivery


@dataclass(frozen=True, kw_only=True)
class Report:
    """A delivery after its turn.

    `result` is the provider's answer, if the provider was asked, and `before` the delivery as it
    was then.
    """

    delivery: Delivery
    record: DeliveryRecord
    result: Result | None = None
    before: OpenDelivery | None = None

    @property
    def is_postponed(self) -> bool:
        """Whether a store of ours failed before the provider was asked."""
        return self.result is None and self.record.code == STORE_UNAVAILABLE

    @property
    def is_death(self) -> bool:
        """Whether a subscriber's address has just been called dead."""
        asked = self.result is not None and self.before is not None
        ended = self.record.outcome is Outcome.DEAD and self.record.status is Status.FAILED
        return asked and ended and self.delivery.subscriber is not None
