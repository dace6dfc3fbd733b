"""Subscribers on the wire, for both generations.

Source: https://docs.novu.co/api-reference/subscribers/subscriber-schema
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StringConstraints

from carillon.dialects.common import (
    LONGEST_AVATAR,
    LONGEST_EMAIL,
    LONGEST_LOCALE,
    LONGEST_NAME,
    LONGEST_PHONE,
    LONGEST_TIME_ZONE,
    e164,
    is_email,
    is_language_tag,
    is_link,
    is_phone,
    is_plain,
    is_time_zone,
)
from carillon.dialects.novu.schemas.common import (
    ChannelCredentials,
    CursoredQuery,
    Given,
    Id,
    NewId,
    SubscriberChannel,
    Wire,
    format_of,
)

BULK_LIMIT = 500  # subscribers of one request


def _text(value: Any) -> Any:
    """Take a number for a text: older clients send a phone number as one."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


type Email = Annotated[
    str, StringConstraints(max_length=LONGEST_EMAIL), format_of(is_email, "an email address")
]
type Phone = Annotated[
    str,
    StringConstraints(max_length=LONGEST_PHONE),
    format_of(is_phone, "a phone number with its country, such as +49 170 1234567"),
    AfterValidator(e164),
]
type Locale = Annotated[
    str, StringConstraints(max_length=LONGEST_LOCALE), format_of(is_language_tag, "a language tag")
]
type TimeZone = Annotated[
    str,
    StringConstraints(max_length=LONGEST_TIME_ZONE),
    format_of(is_time_zone, "an IANA time zone"),
]
type Name = Annotated[
    str,
    StringConstraints(max_length=LONGEST_NAME),
    format_of(is_plain, "a text without control characters"),
]
type Avatar = Annotated[
    str,
    StringConstraints(max_length=LONGEST_AVATAR),
    format_of(is_link, "an http(s) URL or a path"),
]


class Person(Wire):
    """The fields of a subscriber that callers set, in every call that names one.

    An empty text is valid, and changes nothing.
    """

    email: Email | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    phone: Annotated[
        Phone | None, BeforeValidator(_text, json_schema_input_type=Phone | int | None)
    ] = None
    avatar: Avatar | None = None
    locale: Locale | None = None
    timezone: TimeZone | None = None
    data: dict[str, Any] | None = None
    channels: list[SubscriberChannel] | None = Field(None, max_length=100)


class CreateSubscriberRequest(Person):
    subscriber_id: NewId


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
