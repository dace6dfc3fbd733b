"""Deliveries that wait for another attempt, and the messages that cause it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Delivery, DeliveryRecord
from carillon.domain.delivery.lifecycle import OpenDelivery

# The longest delay of a queue: deliveries due later wait for the sweeper.
LONGEST_DELAY = timedelta(minutes=15)
# Partitions of the index of due deliveries.
DUE_SHARDS = 8
# How long the sweeper leaves a due delivery to its queue and its worker.
PATIENCE = timedelta(minutes=10)
# How many retries may follow from one another before the sweeper has to start anew.
MOST_HOPS = 64


class DeliveryKey(NamedTuple):
    """The key of a waiting delivery in the store."""

    invocation: str
    delivery: str


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A delivery that needs another attempt and is now an item of its own, beside its chunk.

    `version` is one more on each write. Until `leased_until` a worker holds it. `sweep_at` is when
    the sweeper sends it to its queue, if no message has brought it to a worker before.
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
        """Return it as it waits for its next attempt, if there is to be one.

        A delivery that a queue can bring in time is swept only if the queue has failed to.
        """
        due = self.record.next_attempt_at
        if due is None:
            return replace(self, sweep_at=None, leased_until=None)
        patience = timedelta(0) if due - now > LONGEST_DELAY else PATIENCE
        return replace(self, sweep_at=due + patience, leased_until=None)

    def recorded(self, record: DeliveryRecord, now: datetime) -> "Waiting":
        """Return it with its next record and version, scheduled by that record.

        With an erased record it names nobody any more.
        """
        delivery = self.delivery.anonymous if record.erased else self.delivery
        after = replace(self, delivery=delivery, record=record, version=self.version + 1)
        return after.scheduled(now)

    def leased(self, until: datetime) -> "Waiting":
        """Return it as held by a worker; should that one die, the sweeper finds it."""
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
    """A message for deliveries of one tenant and channel that are due together.

    The queue keeps it back for `delay` seconds, 900 at most. `hops` counts how many retries led to
    it, one after the other: past MOST_HOPS the sweeper takes over.
    """

    tenant: str
    channel: Channel
    deliveries: tuple[DeliveryKey, ...]
    delay: int = 0
    hops: int = 0


@dataclass(frozen=True, kw_only=True)
class Due:
    """A waiting delivery as the index of due deliveries holds it."""

    tenant: str
    channel: Channel
    key: DeliveryKey
    accepted_at: datetime
    next_attempt_at: datetime
    sweep_at: datetime
