"""Integrations on the wire. Their settings are the provider's own, checked by it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from carillon.dialects.admin.schemas.common import (
    JsonObject,
    OptionalName,
    Request,
    Response,
    Slug,
    at_most,
)
from carillon.domain.channels import Channel

Settings = Annotated[JsonObject, at_most(32)]


class CreateIntegrationRequest(Request):
    provider: Slug
    settings: Settings
    identifier: Slug | None = Field(
        default=None, description="Unique; default: the provider and six random characters"
    )
    name: OptionalName = ""
    active: bool = True
    primary: bool | None = Field(
        default=None,
        description="Used first on its channel; default: true for the channel's first integration",
    )


class ChangeIntegrationRequest(Request):
    """Only what is given changes.

    Settings are merged (RFC 7396): null takes one away, and `***` leaves it as it is stored.
    """

    name: OptionalName = ""
    settings: Settings = Field(default_factory=dict)
    active: bool = True
    primary: bool = False


class CircuitResponse(Response):
    """Messages are held back: the provider refuses the credential, or the endpoint is gone."""

    opened_at: datetime
    probe_at: datetime = Field(description="When one message may go to see whether it works again")
    code: str = Field(description="What the provider said")
    http_status: int | None


class IntegrationResponse(Response):
    id: str
    identifier: str
    name: str
    provider: str
    channel: Channel
    settings: JsonObject = Field(description="Secrets are shown as `***`")
    active: bool
    primary: bool
    circuit: CircuitResponse | None = Field(
        description="Null when all is well; any change of the integration closes it"
    )
    created_at: datetime
    updated_at: datetime
