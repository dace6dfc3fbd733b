"""Invocations and their deliveries on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from carillon.dialects.admin.schemas.common import Id, PageQuery, Response, Slug, wrong
from carillon.domain.base import spans
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import QUEUED, Outcome, Status
from carillon.domain.delivery.invocations import Progress

_STATUSES = (QUEUED, *Status)


def _statuses(value: Any) -> frozenset[str]:
    named = [word.strip() for word in str(value).split(",")]
    if not set(named) <= set(_STATUSES):
        raise wrong(f"must be some of {', '.join(_STATUSES)}")
    return frozenset(named)


Time = Annotated[datetime, BeforeValidator(spans.end_of)]
Statuses = Annotated[frozenset[str], BeforeValidator(_statuses)]


class _SpanQuery(PageQuery):
    since: Time | None = Field(default=None, alias="from", description="UTC without an offset")
    until: Time | None = Field(default=None, alias="to", description="Not included")


class ActivityQuery(_SpanQuery):
    event_type: Slug | None = None


class DeliveriesQuery(ActivityQuery):
    status: Statuses = frozenset()


class SubscriberDeliveriesQuery(_SpanQuery):
    status: Statuses = frozenset()


class InvocationDeliveriesQuery(PageQuery):
    status: Statuses = frozenset()
    subscriber: Id | None = None


class ProgressResponse(Response):
    recipients: int = Field(description="Named, and found in topics so far")
    deliveries: int = Field(description="To them, so far; those of no status yet are queued")
    complete: bool = Field(description="Whether all recipients have been found")


class InvocationResponse(Response):
    id: str
    event_type: str
    application: str
    correlation_id: str | None = Field(description="The caller's own word for it")
    accepted_at: datetime
    paused: bool
    replay_of: str | None = Field(description="The invocation whose deliveries it repeats")
    status: Progress
    progress: ProgressResponse
    deliveries: dict[Status, int] = Field(description="How many deliveries stand where")


class HappenedResponse(Response):
    id: str
    event_type: str
    application: str
    accepted_at: datetime


class AttemptResponse(Response):
    at: datetime
    outcome: Outcome
    code: str
    http_status: int | None


class DeliveryResponse(Response):
    """A delivery; while it is queued, without anything that an attempt would tell."""

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
    http_status: int | None = None
    message_id: str = ""
    at: datetime | None = None
    next_attempt_at: datetime | None = None
    replay_of: str | None = Field(default=None, description="The delivery that it repeats")
    history: list[AttemptResponse] = Field(default=[], description="Each attempt, in order")
