"""Workflows on the wire, as newer clients write them. Null is absent.

Source: https://docs.novu.co/api-reference/workflows/workflow-schema
"""

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StringConstraints

from carillon.dialects.novu.schemas.common import Id, Position, Wire, refused, wrong
from carillon.dialects.novu.schemas.steps import Name, StepOverview, StepResponse, Steps

_SCHEMA_LIMIT = 64 * 1024  # bytes of JSON


def _small(schema: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(schema)) > _SCHEMA_LIMIT:
        raise wrong("must not be larger than 64 KB")
    return schema


type Identifier = Annotated[
    str, StringConstraints(max_length=100, pattern=r"^[a-zA-Z0-9]+(?:[-_.][a-zA-Z0-9]+)*$")
]
type Description = Annotated[str, StringConstraints(max_length=1000)]
type Tags = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=64)]], Field(max_length=16)
]
type JsonSchema = Annotated[dict[str, Any], AfterValidator(_small)]
type Severity = Literal["high", "medium", "low", "none"]


_TRANSLATION = "give templates a locale by the admin API"


class AllPreference(Wire):
    enabled: StrictBool = True
    read_only: StrictBool = False


class ChannelPreference(Wire):
    enabled: StrictBool = True


class Preferences(Wire):
    all: AllPreference = Field(default_factory=AllPreference)
    channels: dict[str, ChannelPreference] = Field(default_factory=dict)


class PreferencesRequest(Wire):
    """`user` holds choices made in Novu's dashboard, and precedes `workflow`."""

    user: Preferences | None = None
    workflow: Preferences | None = None


class _Changes(Wire):
    description: Description | None = None
    tags: Tags | None = None
    active: StrictBool | None = None
    validate_payload: StrictBool | None = None
    payload_schema: JsonSchema | None = None
    is_translation_enabled: Annotated[None, refused(_TRANSLATION)] = None
    agent: Annotated[None, refused("there are no agents")] = None


class CreateWorkflowRequest(_Changes):
    name: Name
    workflow_id: Identifier
    steps: Steps
    preferences: PreferencesRequest | None = None
    severity: Severity | None = None


class UpdateWorkflowRequest(_Changes):
    """The steps replace all steps; of the rest, only the given fields change."""

    name: Name
    steps: Steps
    workflow_id: Identifier | None = None
    preferences: PreferencesRequest | None = None
    severity: Severity | None = None


class PatchWorkflowRequest(_Changes):
    name: Name | None = None


class SyncWorkflowRequest(Wire):
    target_environment_id: Id


def _words(value: Any) -> Any:
    return [word for word in value.split(",") if word] if isinstance(value, str) else value


type Words = Annotated[list[str], BeforeValidator(_words)]


class WorkflowsQuery(Wire):
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    offset: Position = 0
    order_by: Literal["createdAt", "updatedAt", "name", "lastTriggeredAt"] = "createdAt"
    order_direction: Literal["ASC", "DESC"] = "DESC"
    query: str = ""
    tags: Words = Field(default_factory=list)
    status: Words = Field(default_factory=list)


class PreferencesResponse(Wire):
    default: Preferences


type WorkflowStatus = Literal["ACTIVE", "INACTIVE", "ERROR"]


class WorkflowResponse(Wire):
    id: str = Field(alias="_id")
    workflow_id: str
    slug: str
    name: str
    description: str
    tags: list[str]
    active: bool
    status: WorkflowStatus
    origin: Literal["novu-cloud"] = "novu-cloud"
    severity: Severity
    validate_payload: bool
    payload_schema: dict[str, Any] | None = None
    payload_example: dict[str, Any] | None = None
    is_translation_enabled: Literal[False] = False
    preferences: PreferencesResponse
    steps: list[StepResponse]
    created_at: datetime
    updated_at: datetime


class WorkflowOverview(Wire):
    id: str = Field(alias="_id")
    workflow_id: str
    slug: str
    name: str
    tags: list[str]
    status: WorkflowStatus
    origin: Literal["novu-cloud"] = "novu-cloud"
    step_type_overviews: list[str]
    steps: list[StepOverview]
    is_translation_enabled: Literal[False] = False
    created_at: datetime
    updated_at: datetime


class WorkflowsResponse(Wire):
    workflows: list[WorkflowOverview]
    total_count: int
