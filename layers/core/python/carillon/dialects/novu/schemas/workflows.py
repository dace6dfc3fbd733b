"""Workflows as the newer clients write them. Nulls are as good as absent.

Source: https://docs.novu.co/api-reference/workflows/workflow-schema
"""

import json
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StringConstraints

from carillon.dialects.novu.schemas.common import Id, Position, Wire, wrong

type MediumName = Literal["in_app", "email", "sms", "chat", "push"]

MEDIA = get_args(MediumName.__value__)
# What other steps do between messages, and Carillon does not.
_UNSUPPORTED = {
    "delay": "send the event when its time has come",
    "digest": "gather what belongs together, then send one event",
    "throttle": "send what shall be delivered",
    "custom": "run code where the event is sent from",
    "http_request": "subscribe a webhook to the event type",
    "tool": "subscribe an integration to the event type",
}
_SCHEMA_LIMIT = 64 * 1024  # bytes of JSON


def _medium(type: Any) -> Any:
    if type in MEDIA:
        return type
    if isinstance(type, str) and type in _UNSUPPORTED:
        raise wrong(f"must be a channel: {type} steps are not supported; {_UNSUPPORTED[type]}")
    raise wrong(f"must be one of {', '.join(MEDIA)}")


# As good as absent: clients fill in what they were not given.
_Nothing = (
    Literal["", False]
    | Annotated[list[Any], Field(max_length=0)]
    | Annotated[dict[str, Any], Field(max_length=0)]
    | None
)


def _absent(why: str) -> Any:
    """What must not be given, as leaving it out would send other messages than were asked for."""

    def check(value: Any) -> None:
        if value:
            raise wrong(f"is not supported: {why}")

    return BeforeValidator(check, json_schema_input_type=_Nothing)


def _small(schema: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(schema)) > _SCHEMA_LIMIT:
        raise wrong("must not be larger than 64 KB")
    return schema


def _no_document(body: str) -> str:
    """Novu's block editor keeps mails as ProseMirror documents, which are no mails yet."""
    if body.lstrip().startswith("{"):
        try:
            document = json.loads(body)
        except ValueError:
            return body  # Liquid begins so too
        if isinstance(document, dict) and document.get("type") == "doc":
            raise wrong("must be HTML or text: a document of the block editor is not supported")
    return body


def one_of_each[S: Any](steps: list[S]) -> list[S]:
    """A medium has one template, so a workflow one step of it."""
    types = [step.type for step in steps]
    for type in types:
        if types.count(type) > 1:
            raise wrong(f"must not hold two {type} steps: an event makes one message a channel")
    return steps


type Medium = Annotated[MediumName, BeforeValidator(_medium)]
type Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
type Identifier = Annotated[
    str, StringConstraints(max_length=100, pattern=r"^[a-zA-Z0-9]+(?:[-_.][a-zA-Z0-9]+)*$")
]
type Description = Annotated[str, StringConstraints(max_length=1000)]
type Tags = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=64)]], Field(max_length=16)
]
type Subject = Annotated[str, StringConstraints(max_length=1000)]
type Source = Annotated[str, StringConstraints(max_length=65_536)]
type JsonSchema = Annotated[dict[str, Any], AfterValidator(_small)]
type Severity = Literal["high", "medium", "low", "none"]

_CONDITIONS = "say who shall hear of it when you trigger the event"
_SENDER = "it is the integration's, or the event's in overrides.email"
_LAYOUT = "write the whole message into the body"


class Redirect(Wire):
    url: Source
    target: Literal["_self", "_blank", "_parent", "_top", "_unfencedTop"] | None = None


class Action(Wire):
    label: Subject | None = None
    redirect: Redirect | None = None


class Controls(Wire):
    """What a step says, in Liquid."""

    subject: Subject | None = None
    body: Annotated[Source, AfterValidator(_no_document)] | None = None
    editor_type: Literal["block", "html"] | None = None
    avatar: Source | None = None
    primary_action: Action | None = None
    secondary_action: Action | None = None
    redirect: Redirect | None = None
    skip: Annotated[None, _absent(_CONDITIONS)] = None
    layout_id: Annotated[None, _absent(_LAYOUT)] = None
    sender: Annotated[None, _absent(_SENDER)] = Field(None, alias="from")
    reply_to: Annotated[None, _absent(_SENDER)] = None
    preheader: Annotated[None, _absent(_LAYOUT)] = None
    data: Annotated[None, _absent("put it into the event's payload")] = None
    disable_output_sanitization: Annotated[
        None, _absent("what a payload says is always escaped in HTML")
    ] = None


class Step(Wire):
    name: Name
    type: Medium
    control_values: Controls | None = None
    provider_overrides: Annotated[None, _absent("give overrides with the event")] = None


type Steps = Annotated[list[Step], AfterValidator(one_of_each)]


class AllPreference(Wire):
    enabled: StrictBool = True
    read_only: StrictBool = False


class ChannelPreference(Wire):
    enabled: StrictBool = True


class Preferences(Wire):
    all: AllPreference = Field(default_factory=AllPreference)
    channels: dict[str, ChannelPreference] = Field(default_factory=dict)


class PreferencesRequest(Wire):
    """`user` is what was chosen in Novu's dashboard, and comes before `workflow`."""

    user: Preferences | None = None
    workflow: Preferences | None = None


class _Changes(Wire):
    description: Description | None = None
    tags: Tags | None = None
    active: StrictBool | None = None
    validate_payload: StrictBool | None = None
    payload_schema: JsonSchema | None = None


class CreateWorkflowRequest(_Changes):
    name: Name
    workflow_id: Identifier
    steps: Steps
    preferences: PreferencesRequest | None = None
    severity: Severity | None = None


class UpdateWorkflowRequest(_Changes):
    """The steps are all that there shall be; of the rest, what is given changes."""

    name: Name
    steps: Steps
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


class ControlValues(Wire):
    subject: str | None = None
    body: str
    editor_type: Literal["block", "html"] | None = None
    avatar: str | None = None
    primary_action: Action | None = None
    secondary_action: Action | None = None
    redirect: Redirect | None = None


class ControlsMetadata(Wire):
    values: ControlValues


class Issue(Wire):
    issue_type: Literal["MISSING_VALUE"] = "MISSING_VALUE"
    message: str


class StepIssues(Wire):
    controls: dict[str, list[Issue]]


class StepResponse(Wire):
    id: str = Field(alias="_id")
    step_id: str
    slug: str
    name: str
    type: str
    origin: Literal["novu-cloud"] = "novu-cloud"
    workflow_id: str
    workflow_database_id: str
    controls: ControlsMetadata
    control_values: ControlValues
    variables: dict[str, Any]
    issues: StepIssues | None = None


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


class StepOverview(Wire):
    slug: str
    type: str


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
