"""The steps of workflows on the wire, as newer clients write them.

Source: https://docs.novu.co/api-reference/workflows/workflow-schema
"""

import json
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from carillon.dialects.novu.schemas.common import Wire, refused, wrong

type MediumName = Literal["in_app", "email", "sms", "chat", "push"]
MEDIA = get_args(MediumName.__value__)
# Steps that Carillon does not have, with an alternative.
_UNSUPPORTED = {
    "delay": "trigger the event later",
    "digest": "collect the data, then trigger one event",
    "throttle": "trigger only events that are to be delivered",
    "custom": "run the code before you trigger the event",
    "http_request": "subscribe a webhook to the event type",
    "tool": "subscribe an integration to the event type",
}


def _medium(type: Any) -> Any:
    if type in MEDIA:
        return type
    if isinstance(type, str) and type in _UNSUPPORTED:
        raise wrong(f"must be a channel: {type} steps are not supported; {_UNSUPPORTED[type]}")
    raise wrong(f"must be one of {', '.join(MEDIA)}")


def _no_document(body: str) -> str:
    """Refuse a ProseMirror document, as Novu's block editor makes them."""
    if body.lstrip().startswith("{"):
        try:
            document = json.loads(body)
        except ValueError:
            return body  # Liquid starts with a brace too
        if isinstance(document, dict) and document.get("type") == "doc":
            raise wrong("must be HTML or text: a document of the block editor is not supported")
    return body


def one_of_each[S: Any](steps: list[S]) -> list[S]:
    """Refuse two steps of one medium, which has one template."""
    types = [step.type for step in steps]
    for type in types:
        if types.count(type) > 1:
            raise wrong(f"must not have two {type} steps: an event sends one message per channel")
    return steps


type Medium = Annotated[MediumName, BeforeValidator(_medium)]
type Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
type Subject = Annotated[str, StringConstraints(max_length=1000)]
type Source = Annotated[str, StringConstraints(max_length=65_536)]
_CONDITIONS = "choose the recipients when you trigger the event"
_SENDER = "set it in the integration, or in the event's overrides.email"
_LAYOUT = "put the whole message into the body"


class Redirect(Wire):
    url: Source
    target: Literal["_self", "_blank", "_parent", "_top", "_unfencedTop"] | None = None


class Action(Wire):
    label: Subject | None = None
    redirect: Redirect | None = None


class Controls(Wire):
    """The texts of a step, in Liquid."""

    subject: Subject | None = None
    body: Annotated[Source, AfterValidator(_no_document)] | None = None
    editor_type: Literal["block", "html"] | None = None
    avatar: Source | None = None
    primary_action: Action | None = None
    secondary_action: Action | None = None
    redirect: Redirect | None = None
    skip: Annotated[None, refused(_CONDITIONS)] = None
    layout_id: Annotated[None, refused(_LAYOUT)] = None
    sender: Annotated[None, refused(_SENDER)] = Field(None, alias="from")
    reply_to: Annotated[None, refused(_SENDER)] = None
    preheader: Annotated[None, refused(_LAYOUT)] = None
    data: Annotated[None, refused("put it into the event's payload")] = None
    disable_output_sanitization: Annotated[
        None, refused("values of the payload are always escaped in HTML")
    ] = None


class Step(Wire):
    name: Name
    type: Medium
    control_values: Controls | None = None
    provider_overrides: Annotated[None, refused("give overrides with the event")] = None


type Steps = Annotated[list[Step], AfterValidator(one_of_each)]


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


class StepOverview(Wire):
    slug: str
    type: str
