"""Notification templates on the wire.

Source: https://developer.sailpoint.com/docs/api/beta/create-notification-template
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, RootModel, field_validator
from pydantic.alias_generators import to_camel

from carillon.dialects.common import omitted
from carillon.dialects.sailpoint.schemas.common import Key, Locale, Medium, Wire

_MOST_AT_ONCE = 100
_LONGEST = 65_536

type Text = Annotated[str, Field(max_length=_LONGEST)]
type Line = Annotated[str, Field(max_length=1000)]


class _Own(Wire):
    """A service's own part of a template; unknown fields are stored and returned."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="allow", frozen=True
    )

    text: Text | None = None


class SlackTemplate(_Own):
    """`blocks` and `attachments` are JSON in a text."""

    blocks: Text | None = None
    attachments: Text | None = None


class TeamsTemplate(_Own):
    """`messageJSON` is an Adaptive Card: JSON in a text."""

    title: Line | None = None
    message_json: Text | None = Field(default=None, alias="messageJSON")


class TemplateRequest(Wire):
    key: Key
    medium: Medium
    locale: Locale
    name: Line | None = None
    description: Annotated[str, Field(max_length=2000)] | None = None
    subject: Line | None = None
    header: Text | None = None
    body: Text | None = None
    footer: Text | None = None
    sender: Line | None = Field(default=None, alias="from")
    reply_to: Line | None = None
    slack_template: SlackTemplate | None = None
    teams_template: TeamsTemplate | None = None

    @field_validator("header", "footer")
    @classmethod
    def _within_the_body(cls, value: Any) -> Any:
        if value is not None:
            raise ValueError("must be null: put it into the body")
        return value


class DeletedTemplate(Wire):
    """Without a medium or locale, all templates of the key."""

    key: Key
    medium: Medium | None = None
    locale: Locale | None = None


class BulkDeleteRequest(RootModel[list[DeletedTemplate]]):
    root: Annotated[list[DeletedTemplate], Field(min_length=1, max_length=_MOST_AT_ONCE)]


class _Kept(Wire):
    """A service's own part of a template, as its author wrote it."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="allow", frozen=True
    )

    text: str | None = omitted()


class SlackTemplateResponse(_Kept):
    blocks: str | None = omitted()
    attachments: str | None = omitted()


class TeamsTemplateResponse(_Kept):
    title: str | None = omitted()
    message_json: str | None = omitted("messageJSON")


class _Named(Wire):
    name: str
    description: str


class _Content(Wire):
    subject: str | None = None
    header: None = None
    body: str | None = None
    footer: None = None
    sender: str | None = Field(default=None, alias="from")
    reply_to: str | None = None


class TemplateResponse(_Content, _Named):
    """A tenant's own template."""

    slack_template: SlackTemplateResponse | None = None
    teams_template: TeamsTemplateResponse | None = None
    key: str
    medium: Medium
    locale: str
    id: str
    created: datetime
    modified: datetime


class DefaultSlackTemplateResponse(Wire):
    text: str
    blocks: str | None
    attachments: str


class DefaultTeamsTemplateResponse(Wire):
    title: str
    text: str
    message_json: str | None = Field(alias="messageJSON")


class DefaultTemplateResponse(_Content):
    """A template of the administrators, which a tenant's own may replace."""

    slack_template: DefaultSlackTemplateResponse | None = None
    teams_template: DefaultTeamsTemplateResponse | None = None
    key: str
    name: str
    medium: Medium
    locale: str
    description: str = ""
