"""Subscribers on the wire, for both generations.

Source: https://docs.novu.co/api-reference/subscribers/subscriber-schema
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool, StringConstraints

from carillon.dialects.common import is_email, is_language_tag
from carillon.dialects.novu.schemas.common import (
    ChannelCredentials,
    CursoredQuery,
    Given,
    Id,
    SubscriberChannel,
    Text,
    Wire,
    format_of,
)

BULK_LIMIT = 500  # subscribers of one request


def _text(value: Any) -> Any:
    """Take a number for a text: older clients send a phone number as one."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


type Email = Annotated[
    str, StringConstraints(max_length=254), format_of(is_email, "an email address")
]
type Locale = Annotated[
    str, StringConstraints(max_length=35), format_of(is_language_tag, "a language tag")
]
type Name = Annotated[str, StringConstraints(max_length=255)]


class Person(Wire):
    """The fields of a subscriber that callers set."""

    email: Email | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    phone: Annotated[
        Name | None, BeforeValidator(_text, json_schema_input_type=Name | int | None)
    ] = None
    avatar: Text | None = None
    locale: Locale | None = None
    timezone: Name | None = None
    data: dict[str, Any] | None = None
    channels: list[SubscriberChannel] | None = Field(None, max_length=100)


class CreateSubscriberRequest(Person):
    subscriber_id: Id


class CreateSubscriberQuery(Wire):
    fail_if_exists: bool = False


class BulkCreateRequest(Wire):
    """`subscribers` are validated one by one later, since each succeeds or fails on its own."""

    subscribers: list[Any] = Field(min_length=1, max_length=BULK_LIMIT)


class SearchQuery(CursoredQuery):
    email: Given = None
    name: Given = None
    phone: Given = None
    subscriber_id: Given = None


class CredentialsRequest(Wire):
    provider_id: Id
    integration_identifier: Id | None = None
    credentials: ChannelCredentials


class OnlineRequest(Wire):
    is_online: StrictBool


class ChannelCredentialsResponse(Wire):
    """An empty list of tokens is shown, so that clients see they are gone."""

    webhook_url: str | None = None
    channel: str | None = None
    device_tokens: list[str]


class ChannelResponse(Wire):
    integration_id: str = Field(alias="_integrationId")
    provider_id: str
    integration_identifier: str | None = None
    credentials: ChannelCredentialsResponse


class SubscriberResponse(Wire):
    id: str = Field(alias="_id")
    organization_id: str = Field(alias="_organizationId")
    environment_id: str = Field(alias="_environmentId")
    subscriber_id: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    avatar: str | None = None
    locale: str | None = None
    timezone: str | None = None
    data: dict[str, Any] | None = None
    channels: list[ChannelResponse]
    deleted: bool = False
    is_online: bool
    last_online_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    version: int = Field(alias="__v")


class Named(Wire):
    subscriber_id: str


class Failed(Wire):
    message: str
    subscriber_id: str | None = None


class BulkCreateResponse(Wire):
    created: list[Named]
    updated: list[Named]
    failed: list[Failed]


class RemovedResponse(Wire):
    acknowledged: bool = True
    status: str = "deleted"
