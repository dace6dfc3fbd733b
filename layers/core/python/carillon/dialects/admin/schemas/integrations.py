"""Integrations on the wire. The provider checks its settings."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictBool, StrictInt

from carillon.dialects.admin.schemas.common import (
    Description,
    JsonObject,
    OptionalName,
    Request,
    Response,
    Slug,
    at_most,
)
from carillon.domain.base.channels import Channel

Settings = Annotated[JsonObject, at_most(32)]


Fallback = Annotated[
    StrictInt | None,
    Field(
        ge=1,
        le=100,
        description="Place among the email or SMS integrations that are tried when the first "
        "cannot send; null: it is not tried",
    ),
]


class CreateIntegrationRequest(Request):
    provider: Slug
    settings: Settings
    identifier: Slug | None = Field(
        default=None, description="Unique; default: the provider id and six random characters"
    )
    name: OptionalName = ""
    description: Description = ""
    active: StrictBool = True
    primary: StrictBool | None = Field(
        default=None,
        description="Used first on its channel; default: true for the channel's first integration",
    )
    fallback: Fallback = None


class ChangeIntegrationRequest(Request):
    """Only the given fields change.

    Settings are merged (RFC 7396): null removes one, and `***` keeps the stored value.
    """

    name: OptionalName = ""
    description: Description = ""
    settings: Settings = Field(default_factory=dict)
    active: StrictBool = True
    primary: StrictBool = False
    fallback: Fallback = None


class CircuitResponse(Response):
    """The failures since the last message that was delivered."""

    since: datetime = Field(description="The first of the failures in a row")
    failures: int = Field(description="Failed attempts in a row")
    code: str = Field(description="The provider's last error code")
    http_status: int | None
    opened_at: datetime | None = Field(description="Since when messages are held back")
    probe_at: datetime | None = Field(description="When one message may be sent as a probe")
    disabled_at: datetime | None = Field(
        description="Since when the integration is off: the target is gone, or failed for five days"
    )


class IntegrationResponse(Response):
    id: str
    identifier: str
    name: str
    description: str
    provider: str
    channel: Channel
    settings: JsonObject = Field(description="Secrets are shown as `***`")
    active: bool
    primary: bool
    fallback: int | None = Field(description="Its place among those that are tried after the first")
    circuit: CircuitResponse | None = Field(
        description="Null without failures; any change of the integration resets it"
    )
    created_at: datetime
    updated_at: datetime
