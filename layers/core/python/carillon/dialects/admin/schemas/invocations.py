"""Invocations and their deliveries on the wire."""

from datetime import datetime

from pydantic import Field

from carillon.dialects.admin.schemas.common import Response
from carillon.domain.deliveries import Outcome, Status
from carillon.usecases.follow_invocations import Progress


class InvocationResponse(Response):
    id: str
    event_type: str
    application: str
    accepted_at: datetime
    paused: bool
    status: Progress
    deliveries: dict[Status, int] = Field(description="How many deliveries stand where")


class DeliveryResponse(Response):
    delivery: str
    subscriber: str | None
    integration: str
    provider: str
    status: Status
    outcome: Outcome
    attempts: int
    code: str
    http_status: int | None
    message_id: str
    at: datetime
