"""Preferences on the wire, for both generations.

Source: https://docs.novu.co/api-reference/subscribers/retrieve-subscriber-preferences
"""

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool

from carillon.dialects.novu.schemas.common import Id, Nothing, Wire, refused

BULK_LIMIT = 100  # workflows of one request

type Channel = Literal["in_app", "email", "sms", "chat", "push"]


class PreferencesQuery(Wire):
    criticality: Literal["critical", "nonCritical", "all"] = "nonCritical"


class ChannelsRequest(Wire):
    """Channel names, which are not in camel case."""

    email: StrictBool | None = None
    sms: StrictBool | None = None
    in_app: StrictBool | None = Field(None, alias="in_app")
    chat: StrictBool | None = None
    push: StrictBool | None = None
    tool: Annotated[None, refused("there is no such channel")] = None


class BulkItem(Wire):
    workflow_id: Id
    channels: ChannelsRequest


class ChannelRequest(Wire):
    type: Channel
    enabled: StrictBool


class SingleRequest(Wire):
    """The first generation's change for one workflow, or for all."""

    enabled: StrictBool | None = None
    channel: ChannelRequest | None = None


class OverallRequest(SingleRequest):
    """The first generation's change for all workflows."""

    preferences: list[ChannelRequest] | None = Field(None, max_length=10)


class PatchPreferencesRequest(Wire):
    """The second generation's change for the workflow in `workflowId`, or for all."""

    channels: ChannelsRequest | None = None
    workflow_id: Id | None = None
    schedule: dict[str, Any] | None = None
    context: dict[str, Any] | None = None


class BulkPreferencesRequest(Wire):
    preferences: list[BulkItem] = Field(min_length=1, max_length=BULK_LIMIT)
    context: dict[str, Any] | None = None


class OverallResponse(Wire):
    enabled: bool
    channels: dict[str, bool]


class OverrideResponse(Wire):
    channel: str
    source: str = "subscriber"


class WorkflowShown(Wire):
    slug: str
    identifier: str
    name: str


class WorkflowPreferenceResponse(OverallResponse):
    overrides: list[OverrideResponse]
    workflow: WorkflowShown


class PreferencesResponse(Wire):
    global_: OverallResponse = Field(alias="global")
    workflows: list[WorkflowPreferenceResponse]


class LevelWorkflow(Wire):
    id: str
    identifier: str
    name: str
    critical: bool
    tags: list[str]
    severity: str


class LevelResponse(OverallResponse):
    """The result for one workflow of a bulk."""

    level: str
    workflow: LevelWorkflow


class TriggerShown(Wire):
    type: str = "event"
    identifier: str
    variables: Nothing


class OldTemplate(Wire):
    id: str = Field(alias="_id")
    name: str
    critical: bool
    triggers: list[TriggerShown]


class OldPreferenceResponse(Wire):
    preference: OverallResponse
    template: OldTemplate | None = None
