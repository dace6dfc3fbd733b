"""Overrides of an event on the wire.

Source: https://docs.novu.co/platform/integrations/trigger-overrides and
https://docs.novu.co/api-reference/events/trigger-event
"""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from carillon.dialects.novu.schemas.common import Id, Wire, refused

type Table = dict[str, Any]
type Tables = dict[str, Table | None]


type NoLayout = Annotated[None, refused("put the whole message into the step's body")]


class ChannelTables(Wire):
    """Overrides of all messages by a channel; `integrationIdentifier` is read for each of them."""

    model_config = ConfigDict(extra="forbid")

    email: Table | None = None
    sms: Table | None = None
    push: Table | None = None
    chat: Table | None = None


class StepTables(Wire):
    model_config = ConfigDict(extra="forbid")

    providers: Tables | None = None
    layout_id: NoLayout = None


class OverridesPayload(ChannelTables):
    """All overrides; further names are those of providers, as older clients write them."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Table | None] = Field(init=False)

    channels: ChannelTables | None = None
    providers: Tables | None = None
    steps: dict[Id, StepTables | None] | None = None
    layout_identifier: NoLayout = None
    severity: Annotated[None, refused("it is the workflow's")] = None
