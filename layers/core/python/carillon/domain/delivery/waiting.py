"""Deliveries that wait for another attempt, and the messages that bring it about."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Delivery, DeliveryRecord
from carillon.domain.delivery.lifecycle import OpenDelivery

# What a queue can keep back: what is due later waits for the sweeper.
LONGEST_DELAY = timedelta(minutes=15)
# Partitions of the index of what is due.
DUE_SHARDS = 8
# How long the sweeper leaves what is due to the queue that has it, and to the worker.
PATIENCE = timedelta(minutes=10)
# How often one retry may send the next before the sweeper has to, in a new line of messages.
MOST_HOPS = 64


class DeliveryKey(NamedTuple):
    """Where a delivery is found."""

    invocation: str
    delivery: str


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A delivery that its chunk could not bring to an end, and that now stands for itself.

    `version` is one more on each write. While `leased_until` has not passed, a worker has it.
    `sweep_at` is when to send it to its queue, in case nobody has until then.
    """

    tenant: str
    channel: Channel
    job: str
    accepted_at: datetime
    since: datetime  # its first attempt
    delivery: Delivery
    record: DeliveryRecord
    sweep_at: datetime | None = None
    leased_until: datetime | None = None
    version: int = 1

    def scheduled(self, now: datetime) -> "Waiting":
        """As it waits for its next attempt, or for nothing more.

        What a queue can bring in time is swept only if the queue has not.
        """
        due = self.record.next_attempt_at
        if due is None:
            return replace(self, sweep_at=None, leased_until=None)
        patience = timedelta(0) if due - now > LONGEST_DELAY else PATIENCE
        return replace(self, sweep_at=due + patience, leased_until=None)

    def recorded(self, record: DeliveryRecord, now: datetime) -> "Waiting":
        """Return it with its next record and version, scheduled by that record."""
        return replace(self, record=record, version=self.version + 1).scheduled(now)

    def leased(self, until: datetime) -> "Waiting":
        """As a worker holds it; should that one die, the sweeper finds it."""
        return replace(
            self, leased_until=until, sweep_at=until + PATIENCE, version=self.version + 1
        )

    def is_held(self, now: datetime) -> bool:
        return self.leased_until is not None and self.leased_until >= now

    @property
    def open(self) -> OpenDelivery:
        """Return the delivery for its next event; raise AlreadyFinal if it waits for nothing."""
        return OpenDelivery(
            delivery=self.delivery, channel=self.channel, since=self.since, record=self.record
        )

    @property
    def key(self) -> DeliveryKey:
        return DeliveryKey(self.delivery.invocation, self.delivery.id)


@dataclass(frozen=True, kw_only=True)
class Retry:
    """Deliveries of one tenant and channel that are due together.

    The queue keeps the message back for `delay` seconds, 900 at most. `hops` counts how often one
    retry has sent the next: past the limit that is the sweeper's to do.
    """

    tenant: str
    channel: Channel
    deliveries: tuple[DeliveryKey, ...]
    delay: int = 0
    hops: int = 0


@dataclass(frozen=True, kw_only=True)
class Due:
    """A waiting delivery as the index of what is due has it."""

    tenant: str
    channel: Channel
    key: DeliveryKey
    accepted_at: datetime
    next_attempt_at: datetime
    sweep_at: datetime
