"""Invocations and their deliveries on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from carillon.dialects.admin.schemas.common import Id, PageQuery, Request, Response, Slug, wrong
from carillon.domain.base import spans
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import QUEUED, Outcome, Status
from carillon.domain.delivery.invocations import Progress
from carillon.domain.delivery.skips import SkipReason

_STATUSES = (QUEUED, *Status)


def _statuses(value: Any) -> frozenset[str]:
    named = [word.strip() for word in str(value).split(",")]
    if not set(named) <= set(_STATUSES):
        raise wrong(f"must be a list of these: {', '.join(_STATUSES)}")
    return frozenset(named)


Time = Annotated[datetime, BeforeValidator(spans.end_of)]
Statuses = Annotated[frozenset[str], BeforeValidator(_statuses)]


class _SpanQuery(PageQuery):
    since: Time | None = Field(
        default=None, alias="from", description="UTC unless it has an offset"
    )
    until: Time | None = Field(default=None, alias="to", description="Exclusive")


class ActivityQuery(_SpanQuery):
    event_type: Slug | None = None


class DeliveriesQuery(ActivityQuery):
    status: Statuses = frozenset()


class SubscriberDeliveriesQuery(_SpanQuery):
    status: Statuses = frozenset()


class InvocationDeliveriesQuery(PageQuery):
    status: Statuses = frozenset()
    subscriber: Id | None = None


class ExplainQuery(Request):
    subscriber: Id


class ProgressResponse(Response):
    recipients: int = Field(description="Recipients named, or found in topics so far")
    deliveries: int = Field(
        description="Deliveries created or skipped so far; those without a status are queued"
    )
    complete: bool = Field(description="Whether all recipients have been found")


class InvocationResponse(Response):
    id: str
    event_type: str
    application: str
    correlation_id: str | None = Field(description="The caller's own id of the event")
    accepted_at: datetime
    paused: bool
    replay_of: str | None = Field(description="The invocation whose deliveries this one repeats")
    status: Progress
    progress: ProgressResponse
    deliveries: dict[Status, int] = Field(description="Number of deliveries by status")
    skipped: dict[SkipReason, int] = Field(description="Number of skipped deliveries by reason")


class HappenedResponse(Response):
    id: str
    event_type: str
    application: str
    accepted_at: datetime
    skipped: dict[SkipReason, int] = Field(
        description="Recipients skipped before any delivery was created, by reason"
    )


class AttemptResponse(Response):
    at: datetime
    outcome: Outcome
    code: str
    http_status: int | None
    integration: str = Field(description="Which one was asked; empty in records of old")


class DeliveryResponse(Response):
    """A delivery. While it is queued, fields set by attempts have their defaults."""

    delivery: str
    invocation: str
    subscriber: str | None
    channel: Channel | None
    integration: str
    provider: str
    status: Status | Literal["queued"]
    outcome: Outcome | None = None
    attempts: int = 0
    code: str = ""
    reason: SkipReason | None = Field(default=None, description="Why it was skipped, if it was")
    explanation: str = Field(
        default="", description="Why it is not sent, in words, and what to do about it"
    )
    detail: str = Field(
        default="",
        description="More about the latest attempt, in words: what is wrong with the message, say",
    )
    http_status: int | None = None
    message_id: str = ""
    address: dict[str, str] = Field(
        default={}, description="Masked in lists; whole in an explanation"
    )
    answer: str = Field(
        default="",
        description="The first 500 characters of the provider's latest answer, without secrets",
    )
    latency: float | None = Field(
        default=None, description="Seconds that the provider took to answer"
    )
    at: datetime | None = None
    next_attempt_at: datetime | None = None
    replay_of: str | None = Field(default=None, description="The delivery that this one repeats")
    replayed_by: str | None = Field(
        default=None, description="The latest invocation in which it was made anew"
    )
    warnings: list[str] = Field(
        default=[],
        description="What the event's data broke in the template, with part and line: the message "
        "went without it",
    )
    history: list[AttemptResponse] = Field(default=[], description="All attempts, oldest first")


class DecisionResponse(Response):
    stage: Literal["accepted", "fan_out", "audience", "channel", "delivery"]
    decision: str = Field(description="A status, a reason, or a word for it")
    by: str = Field(description="The setting or the part of the event that decided it")
    explanation: str


class ExplanationResponse(Response):
    """Why an event did, or did not, reach a subscriber: each decision in order."""

    invocation: str
    event_type: str
    subscriber: str
    status: Progress = Field(description="Of the invocation as a whole")
    decisions: list[DecisionResponse]
    deliveries: list[DeliveryResponse] = Field(description="With whole addresses")
