"""Integrations on the wire. Their settings are the provider's own, checked by it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictBool

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


class CreateIntegrationRequest(Request):
    provider: Slug
    settings: Settings
    identifier: Slug | None = Field(
        default=None, description="Unique; default: the provider and six random characters"
    )
    name: OptionalName = ""
    description: Description = ""
    active: StrictBool = True
    primary: StrictBool | None = Field(
        default=None,
        description="Used first on its channel; default: true for the channel's first integration",
    )


class ChangeIntegrationRequest(Request):
    """Only what is given changes.

    Settings are merged (RFC 7396): null takes one away, and `***` leaves it as it is stored.
    """

    name: OptionalName = ""
    description: Description = ""
    settings: Settings = Field(default_factory=dict)
    active: StrictBool = True
    primary: StrictBool = False


class CircuitResponse(Response):
    """What has gone wrong since a message last got through."""

    since: datetime = Field(description="The first failure in a row")
    failures: int = Field(description="Attempts in a row that failed")
    code: str = Field(description="What the provider said last")
    http_status: int | None
    opened_at: datetime | None = Field(description="Since then messages are held back")
    probe_at: datetime | None = Field(
        description="When one message may go to see whether it works again"
    )
    disabled_at: datetime | None = Field(
        description="Since then nothing goes this way: it is gone, or has failed for five days"
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
    circuit: CircuitResponse | None = Field(
        description="Null when all is well; any change of the integration closes it"
    )
    created_at: datetime
    updated_at: datetime
