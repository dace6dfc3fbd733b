"""Deliveries: one message to one address, what came of it, and the chunks they travel in."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from carillon.domain.base import ids
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import EventKey
from carillon.domain.subscriptions.subscriptions import Listener
from carillon.domain.tenancy.access import DEFAULT_APPLICATION

CHUNK_SIZE = 25
INTERNAL_ERROR = "internal_error"  # the code of a failure that is nobody's but ours


class Outcome(StrEnum):
    """What a provider's answer means."""

    SENT = "sent"  # accepted by the provider
    RETRY = "retry"  # not now
    DEAD = "dead"  # this address can never work again
    CONFIG = "config"  # the tenant's credential or permission is broken
    BAD = "bad"  # this message can never be accepted
    UNSURE = "unsure"  # it left, and no complete answer came back


QUEUED: Final = "queued"  # the status of a delivery that has no record yet


class Status(StrEnum):
    """Where a delivery stands. Only `retrying` is not final."""

    RETRYING = "retrying"
    SENT = "sent"
    FAILED = "failed"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        return self is not Status.RETRYING


@dataclass(frozen=True, kw_only=True)
class Result:
    """A provider's answer, sorted. `retry_after` is in seconds; `detail` holds no secret.

    `answer` is the JSON object that a target answered with, where answers are of interest.
    """

    outcome: Outcome
    http_status: int | None = None
    code: str = ""
    retry_after: float | None = None
    message_id: str = ""
    detail: str = ""
    answer: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One message to one address, as a worker gets it."""

    id: str
    invocation: str
    integration: str
    provider: str
    address: Mapping[str, str]
    subscriber: str | None = None
    locale: str | None = None
    # What templates may say about the subscriber: names, addresses, data.
    recipient: Mapping[str, Any] = field(default_factory=dict)
    replay_of: str = ""  # the delivery that this one repeats
    dead: str = ""  # what the provider once said of this address, which is not sent to any more
    listener: Listener | None = None

    @property
    def once(self) -> bool:
        """Whether somebody waits for its answer, so that a later attempt would be too late."""
        return self.listener is not None and self.listener.mode is not None

    @property
    def has_own_url(self) -> bool:
        """Whether its address is a webhook's URL, which is its own credential too."""
        return "webhook_url" in self.address


@dataclass(frozen=True, kw_only=True)
class EventDetails:
    """What a chunk's deliveries need to know of their invocation to be rendered."""

    event: str
    accepted_at: datetime
    application: str = DEFAULT_APPLICATION
    payload: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] | None = None

    @property
    def event_key(self) -> EventKey:
        return EventKey(self.application, self.event)


class ChunkKey(NamedTuple):
    """Where a chunk's account is found."""

    job: str
    range: int
    id: str


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """At most 25 deliveries of one job on one channel that one worker sends together.

    The id repeats when fan-out repeats, and so do the places of its deliveries.
    """

    id: str
    tenant: str
    job: str
    channel: Channel
    range: int  # which of a job's partitions keeps its account, 0 to SHARDS - 1
    details: Mapping[str, EventDetails]  # by invocation id
    deliveries: tuple[Delivery, ...]

    @property
    def key(self) -> ChunkKey:
        return ChunkKey(self.job, self.range, self.id)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One try of a delivery, as its history tells it."""

    at: datetime
    outcome: Outcome
    code: str = ""
    http_status: int | None = None


@dataclass(frozen=True, kw_only=True)
class DeliveryRecord:
    """The account of a delivery after its latest attempt, as the chunk's item keeps it.

    `next_attempt_at` is when it is due again; `earlier` is its history before the latest attempt.
    """

    delivery: str
    invocation: str
    integration: str
    provider: str
    status: Status
    outcome: Outcome
    attempts: int
    at: datetime
    subscriber: str | None = None
    code: str = ""
    http_status: int | None = None
    message_id: str = ""
    detail: str = ""
    replay_of: str = ""
    next_attempt_at: datetime | None = None
    earlier: tuple[Attempt, ...] = ()
    channel: Channel | None = None

    @property
    def history(self) -> tuple[Attempt, ...]:
        """All attempts, in order; a look at an open circuit is none."""
        if len(self.earlier) == self.attempts:
            return self.earlier
        latest = Attempt(
            at=self.at, outcome=self.outcome, code=self.code, http_status=self.http_status
        )
        return (*self.earlier, latest)


@dataclass(frozen=True)
class Held:
    """Another worker holds the chunk's lease."""


@dataclass(frozen=True)
class Claimed:
    """The lease is ours. `records` are those of earlier workers, by delivery id."""

    records: Mapping[str, DeliveryRecord]


type Claim = Held | Claimed


def tally(records: Iterable[DeliveryRecord]) -> Mapping[str, Mapping[Status, int]]:
    """How many deliveries of each invocation stand where."""
    counts: dict[str, Counter[Status]] = defaultdict(Counter)
    for one in records:
        counts[one.invocation][one.status] += 1
    return counts


def delivery_id(
    invocation: str, subscriber: str | None, integration: str, address: Mapping[str, str]
) -> str:
    """The same delivery has the same id however often fan-out repeats."""
    place = (f"{name}={address[name]}" for name in sorted(address))
    return "dlv_" + ids.derived(invocation, subscriber or "", integration, *place)
