"""A test of an event type, and what came of it."""

from typing import Annotated

from pydantic import Field

from carillon.dialects.admin.schemas.common import (
    Email,
    Id,
    JsonObject,
    Locale,
    Request,
    Response,
    at_most,
)
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Outcome

_MOST = 50

type Emails = Annotated[list[Email], Field(max_length=_MOST)]
type Address = Annotated[
    dict[str, Annotated[str, Field(max_length=4096)]], Field(max_length=8), at_most(8)
]


class RehearseRequest(Request):
    """Without a payload the sample is sent; without an address, to the integration's own target."""

    medium: Channel
    integration: Id | None = Field(default=None, description="Id or identifier; default: as usual")
    payload: Annotated[JsonObject | None, at_most(64)] = None
    locale: Locale | None = None
    address: Address = Field(
        default_factory=dict, description="As subscribers have it: `email`, `webhook_url`, …"
    )
    cc: Emails = Field(default_factory=list, description="Of a mail")
    bcc: Emails = Field(default_factory=list, description="Of a mail")


class RehearseResponse(Response):
    sent: bool
    outcome: Outcome
    integration: str
    provider: str
    http_status: int | None
    code: str
    detail: str
    message_id: str
    latency_ms: int
    answer: str = Field(description="The first 500 characters of what the target said")
