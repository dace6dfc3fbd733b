"""Deliveries: one message to one address each, its record, and the chunks that carry them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import EventKey
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.intake.attachments import Attachment
from carillon.domain.intake.overrides import Overrides
from carillon.domain.subscriptions.subscriptions import Listener
from carillon.domain.tenancy.access import DEFAULT_APPLICATION

CHUNK_SIZE = 25
_WARNINGS_OF_A_BRIEF = 2
INTERNAL_ERROR = "internal_error"  # the code of a failure that is nobody's but ours
STORE_UNAVAILABLE = "store_unavailable"  # the code of a wait for a store of our own


class Outcome(StrEnum):
    """What a provider's answer means."""

    SENT = "sent"  # accepted by the provider
    RETRY = "retry"  # not now
    DEAD = "dead"  # said of the address, and for ever
    CONFIG = "config"  # somebody has to change something: a credential, a permission, a switch
    BAD = "bad"  # this message can never be accepted
    UNSURE = "unsure"  # it left, and no complete answer came back


class Concern(StrEnum):
    """Whom a refusal is about. Many refusals leave it open; then there is none."""

    INTEGRATION = "integration"  # its credential, account or sender: every message is refused
    PLACE = "place"  # one channel, mailbox or flow, which somebody administers
    PERSON = "person"  # one recipient, who has to opt in, subscribe or correct a number


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
    SKIPPED = "skipped"

    @property
    def final(self) -> bool:
        return self is not Status.RETRYING


@dataclass(frozen=True, kw_only=True)
class Result:
    """A provider's classified answer. `detail` and `excerpt` hold no secret.

    `retry_after` is in seconds, as `latency` is, which the provider took to answer; `excerpt` is
    the beginning of its body. `gone_since` is when the address died, if the provider says so: one
    that was registered later is not meant.
    """

    outcome: Outcome
    http_status: int | None = None
    code: str = ""
    retry_after: float | None = None
    message_id: str = ""
    detail: str = ""
    answer: Mapping[str, Any] | None = None  # the JSON object that an endpoint answers with
    concerns: Concern | None = None
    gone_since: datetime | None = None
    warnings: tuple[str, ...] = ()  # what the event's data broke in the template
    excerpt: str = ""
    latency: float | None = None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One message to one address, as a worker gets it.

    One with a `skip` has no address, as there is nowhere to send it: it is only put on record.
    """

    id: str
    invocation: str
    integration: str
    provider: str
    address: Mapping[str, str]
    subscriber: str | None = None
    locale: str | None = None
    # The subscriber's names, addresses and data, for templates.
    recipient: Mapping[str, Any] = field(default_factory=dict)
    replay_of: str = ""  # the delivery that this one repeats
    dead: str = ""  # the provider's code for the death of the address; not sent to any more
    # Integrations that are tried, in this order, where its own cannot send.
    fallbacks: tuple[str, ...] = ()
    listener: Listener | None = None
    skip: SkipReason | None = None

    @property
    def once(self) -> bool:
        """Whether its listener waits for the answer, so that a later attempt would be too late."""
        return self.listener is not None and self.listener.mode is not None

    @property
    def anonymous(self) -> "Delivery":
        """Return the delivery without what it says of its subscriber."""
        return replace(self, subscriber=None, address={}, recipient={}, locale=None)

    @property
    def has_own_url(self) -> bool:
        """Whether its address is a webhook's URL, which is also the credential."""
        return "webhook_url" in self.address


@dataclass(frozen=True, kw_only=True)
class EventDetails:
    """The facts of an invocation that its deliveries are rendered from."""

    event: str
    accepted_at: datetime
    application: str = DEFAULT_APPLICATION
    payload: Mapping[str, Any] = field(default_factory=dict)
    overrides: Overrides = field(default_factory=Overrides)
    attachments: tuple[Attachment, ...] = ()
    # What is known of its actor and contexts, by the names that templates have for them.
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def event_key(self) -> EventKey:
        return EventKey(self.application, self.event)


class ChunkKey(NamedTuple):
    """The key of a chunk's records in the store."""

    job: str
    range: int
    id: str


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """At most 25 deliveries of one job on one channel, sent together by one worker.

    A repeated fan-out makes the same ids again, with the same recipients in them.
    """

    id: str
    tenant: str
    job: str
    channel: Channel
    range: int  # the partition of the job that keeps its records, 0 to SHARDS - 1
    details: Mapping[str, EventDetails]  # by invocation id
    deliveries: tuple[Delivery, ...]

    @property
    def key(self) -> ChunkKey:
        return ChunkKey(self.job, self.range, self.id)

    @property
    def only_skips(self) -> bool:
        """Whether none of its deliveries is to be sent."""
        return all(delivery.skip for delivery in self.deliveries)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt of a delivery, as its history keeps it."""

    at: datetime
    outcome: Outcome
    code: str = ""
    http_status: int | None = None
    integration: str = ""


@dataclass(frozen=True, kw_only=True)
class DeliveryRecord:
    """The state of a delivery after its latest event (lifecycle.py), as the store keeps it.

    `next_attempt_at` is when it is due again; `earlier` is its history before the latest attempt.
    `warnings` are what the event's data broke in the template, with the line: it was left out.
    `excerpt` and `latency` are the latest answer's.
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
    address: Mapping[str, str] = field(default_factory=dict)
    excerpt: str = ""
    latency: float | None = None
    erased: bool = False  # its subscriber was deleted, and is not named any more
    warnings: tuple[str, ...] = ()

    @property
    def anonymous(self) -> "DeliveryRecord":
        """Return the record without what it says of its subscriber."""
        return replace(
            self, subscriber=None, detail="", warnings=(), address={}, excerpt="", erased=True
        )

    def brief(self, most: int) -> "DeliveryRecord":
        """Return the record with so many characters of each of its words at most."""
        return replace(
            self,
            detail=self.detail[:most],
            excerpt=self.excerpt[:most],
            warnings=tuple(one[:most] for one in self.warnings[:_WARNINGS_OF_A_BRIEF] if most),
        )

    @property
    def history(self) -> tuple[Attempt, ...]:
        """Return all attempts, in order; a wait at an open circuit is none."""
        if len(self.earlier) == self.attempts:
            return self.earlier
        latest = Attempt(
            at=self.at,
            outcome=self.outcome,
            code=self.code,
            http_status=self.http_status,
            integration=self.integration,
        )
        return (*self.earlier, latest)

    @property
    def skip(self) -> SkipReason | None:
        """Why it was skipped; None unless it was."""
        return SkipReason(self.code) if self.status is Status.SKIPPED else None


@dataclass(frozen=True)
class Held:
    """Another worker holds the chunk's lease."""


@dataclass(frozen=True)
class Claimed:
    """The lease is ours. `records` are those of earlier workers, by delivery id."""

    records: Mapping[str, DeliveryRecord]


type Claim = Held | Claimed


# Deliveries by where they stand, and those that are skipped by the reason too.
type Tally = Mapping[Status | SkipReason, int]


def tally(records: Iterable[DeliveryRecord]) -> Mapping[str, Tally]:
    """Count each invocation's deliveries."""
    counts: dict[str, Counter[Status | SkipReason]] = defaultdict(Counter)
    for one in records:
        counts[one.invocation][one.status] += 1
        if one.skip:
            counts[one.invocation][one.skip] += 1
    return counts
