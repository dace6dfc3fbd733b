"""A test of an event type, and its result, on the wire."""

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
    """Default payload: the sample; default address: the integration's own target."""

    medium: Channel
    integration: Id | None = Field(
        default=None, description="Id or identifier; default: the one an event would use"
    )
    payload: Annotated[JsonObject | None, at_most(64)] = None
    locale: Locale | None = None
    address: Address = Field(
        default_factory=dict, description="Fields of a subscriber: `email`, `webhook_url`, …"
    )
    subscriber: Id | None = Field(default=None, description="Whose names its words have")
    actor: Id | None = Field(default=None, description="The subscriber who caused it")
    context: Id | None = Field(default=None, description="The `tenant` of its words")
    cc: Emails = Field(default_factory=list, description="For mails")
    bcc: Emails = Field(default_factory=list, description="For mails")


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
    answer: str = Field(description="The first 500 characters of the response")
    warnings: list[str] = Field(
        default=[], description="What the payload broke in the template, with part and line"
    )
