"""Workflows as older clients write them, under the name of notification templates.

Source: https://docs.novu.co/api-reference/workflows, as it was until 2025; the clients
novu (PyPI) 1.14 and @novu/node 2.6.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool

from carillon.dialects.novu.schemas.common import (
    Listed,
    Nothing,
    Position,
    Wire,
    refused,
    wrong,
)
from carillon.dialects.novu.schemas.steps import Medium, Name, Source, Subject, one_of_each
from carillon.dialects.novu.schemas.workflows import Description, Tags

_LAYOUT = "put the whole message into the content"
_FEED = "a subscriber has one feed"
_REPLY = "no mail is received"


def _not_switched_on(value: Any) -> Any:
    """Take `{"active": false}` for nothing, as older clients send it with each step."""
    return None if isinstance(value, dict) and not value.get("active") else value


class Picture(Wire):
    """The picture of an in-app message: its URL, or that of the event's actor."""

    type: Literal["none", "user", "system_custom"]
    data: Source | None = None


class Block(Wire):
    """A block of a mail from Novu's editor."""

    type: Literal["text", "button"]
    content: Source
    url: Source | None = None


class CallToAction(Wire):
    """The link and buttons of an in-app message.

    `{"data": {"url": …}, "action": {"buttons": […]}}`
    """

    data: dict[str, Any] | None = None
    action: dict[str, Any] | None = None


class _OfNovus(Wire):
    """What a step of Novu's, or its template, may say besides: it would have no effect."""

    layout_id: Annotated[None, refused(_LAYOUT)] = None
    layout: Annotated[None, refused(_LAYOUT)] = Field(None, alias="_layoutId")
    feed_id: Annotated[None, refused(_FEED)] = None
    feed: Annotated[None, refused(_FEED)] = Field(None, alias="_feedId")
    sender_name: Annotated[None, refused("it is the integration's own setting")] = None
    preheader: Annotated[None, refused(_LAYOUT)] = None
    should_stop_on_fail: Annotated[None, refused("steps do not wait for one another")] = None
    variants: Annotated[None, refused("make a workflow of each, or write conditions in Liquid")] = (
        None
    )
    reply_callback: Annotated[None, BeforeValidator(_not_switched_on), refused(_REPLY)] = None


class MessageTemplate(_OfNovus):
    type: Medium
    subject: Subject | None = None
    title: Subject | None = None
    content: Source | Annotated[list[Block], Field(max_length=100)] = ""
    cta: CallToAction | None = None
    actor: Picture | None = None


def _unconditional(filters: list[dict[str, Any]] | None) -> None:
    if any(one.get("children") for one in filters or ()):
        raise wrong("are not supported: choose the recipients when you trigger the event")


class TemplateStep(_OfNovus):
    template: MessageTemplate
    name: Name | None = None
    active: StrictBool | None = None
    filters: Annotated[list[dict[str, Any]] | None, AfterValidator(_unconditional)] = None

    @property
    def type(self) -> str:
        return self.template.type


class NotificationTemplateRequest(Wire):
    """Fields absent from an update stay as they are; given steps replace all steps."""

    name: Name | None = None
    description: Description | None = None
    tags: Tags | None = None
    steps: Annotated[list[TemplateStep], AfterValidator(one_of_each)] | None = None
    active: StrictBool | None = None
    critical: StrictBool | None = None
    data: Annotated[None, refused("put it into the description or tags")] = None
    preference_settings: dict[str, StrictBool] | None = None


class CreateNotificationTemplateRequest(NotificationTemplateRequest):
    name: Name


class StatusRequest(Wire):
    active: StrictBool


class NotificationTemplatesQuery(Wire):
    page: Position = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 10
    query: str = ""


class TargetResponse(Wire):
    url: str


class ButtonResponse(Wire):
    type: Literal["primary", "secondary"]
    content: str


class ButtonsResponse(Wire):
    buttons: list[ButtonResponse]


class CallToActionResponse(Wire):
    type: Literal["redirect"] = "redirect"
    data: TargetResponse
    action: ButtonsResponse


class PictureResponse(Wire):
    type: Literal["user", "system_custom"]
    data: str | None = None


class MessageTemplateResponse(Wire):
    id: str = Field(alias="_id")
    type: str
    name: str
    content: str
    content_type: Literal["customHtml"] | None = None
    subject: str | None = None
    title: str | None = None
    cta: CallToActionResponse | None = None
    actor: PictureResponse | None = None
    active: bool


class TemplateStepResponse(Wire):
    id: str = Field(alias="_id")
    template_id: str = Field(alias="_templateId")
    name: str
    active: bool
    should_stop_on_fail: Literal[False] = False
    filters: Nothing
    template: MessageTemplateResponse


class Variable(Wire):
    name: str


class TriggerResponse(Wire):
    type: Literal["event"] = "event"
    identifier: str
    variables: list[Variable]
    subscriber_variables: Nothing


class NotificationTemplateResponse(Wire):
    id: str = Field(alias="_id")
    organization_id: str = Field(alias="_organizationId")
    environment_id: str = Field(alias="_environmentId")
    name: str
    description: str
    tags: list[str]
    active: bool
    draft: bool
    critical: bool
    preference_settings: dict[str, bool]
    triggers: list[TriggerResponse]
    steps: list[TemplateStepResponse]
    deleted: Literal[False] = False
    created_at: datetime
    updated_at: datetime


class NotificationTemplatesResponse(Listed[NotificationTemplateResponse]):
    page: int
    page_size: int
    total_count: int
