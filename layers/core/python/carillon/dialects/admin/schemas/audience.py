"""Subscribers, topics and contexts on the wire."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from carillon.dialects.admin.schemas.common import (
    Avatar,
    Email,
    Id,
    JsonObject,
    Locale,
    Name,
    NewId,
    OptionalName,
    PersonName,
    Phone,
    Request,
    Response,
    Slug,
    TimeZone,
    at_most,
    public,
)
from carillon.dialects.common import ANY_URL, EMPTY_IS_NONE
from carillon.domain.audience.addresses import DEVICES_LIMIT, TOKEN_LIMIT
from carillon.domain.audience.subscribers import DATA_LIMIT

MEMBERS_LIMIT = 5_000  # of all topics in one request, so that it ends before its timeout

Data = Annotated[JsonObject | None, at_most(DATA_LIMIT // 1024)]
Members = Annotated[list[Id], Field(min_length=1, max_length=500)]


class ChannelAddress(Request):
    """A subscriber's address at one chat or push provider."""

    provider: Slug
    integration: Slug | None = Field(
        default=None,
        description="An integration's identifier; default: the newest active one of the provider",
    )
    webhook_url: Annotated[
        Annotated[str, Field(max_length=2048, pattern=ANY_URL), AfterValidator(public)] | None,
        EMPTY_IS_NONE,
    ] = Field(default=None, description="Of a service that Apprise speaks to: its URL there")
    channel: Id | None = None
    device_tokens: list[Annotated[str, Field(min_length=1, max_length=TOKEN_LIMIT)]] | None = Field(
        default=None,
        max_length=DEVICES_LIMIT,
        description="Added to those that are stored; an empty list clears them",
    )

    @model_validator(mode="after")
    def leads_somewhere(self) -> Self:
        if not (self.webhook_url or self.channel) and self.device_tokens is None:
            raise PydanticCustomError(
                "carillon", "needs one of webhook_url, channel and device_tokens"
            )
        return self


class SubscriberRequest(Request):
    """A field that is absent, null or empty stays as it is stored."""

    id: NewId
    email: Annotated[Email | None, EMPTY_IS_NONE] = None
    phone: Annotated[Phone | None, EMPTY_IS_NONE] = None
    first_name: PersonName | None = None
    last_name: PersonName | None = None
    avatar: Avatar | None = None
    locale: Annotated[Locale | None, EMPTY_IS_NONE] = None
    timezone: Annotated[TimeZone | None, EMPTY_IS_NONE] = None
    data: Data = None
    channels: list[ChannelAddress] = Field(default_factory=list, max_length=20)
    revive: StrictBool = Field(
        default=False, description="Send again to addresses that a provider reported as dead"
    )


class PutSubscribersRequest(Request):
    subscribers: list[SubscriberRequest] = Field(min_length=1, max_length=500)


class FailedSubscriber(Response):
    id: str
    message: str


class PutSubscribersResponse(Response):
    created: list[str]
    updated: list[str]
    unchanged: list[str]
    failed: list[FailedSubscriber]


class ChannelAddressResponse(Response):
    provider: str
    integration: str | None
    webhook_url: str | None
    channel: str | None
    device_tokens: list[str]


class DeadAddressResponse(Response):
    """An address its provider reported as permanently invalid, or that made room for a newer one.

    Nothing is sent to it.
    """

    integration: str
    hint: str = Field(description="The last characters of the address")
    code: str = Field(description="The provider's error code, or `made_room`")
    at: datetime


class SubscriberResponse(Response):
    id: str
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    avatar: str | None
    locale: str | None
    timezone: str | None
    data: JsonObject | None
    channels: list[ChannelAddressResponse]
    dead_addresses: list[DeadAddressResponse]
    created_at: datetime
    updated_at: datetime


class ErasureResponse(Response):
    """The removal of what was stored about a deleted subscriber."""

    subscriber: str
    deleted_at: datetime
    status: Literal["erasing", "erased"]
    erased_at: datetime | None = Field(description="When the removal ended; null until then")


class TopicRequest(Request):
    key: NewId
    name: Name | None = Field(default=None, description="Default for a new topic: its key")
    members: Annotated[list[Id], Field(max_length=500)] = Field(
        default_factory=list, description="Ids of subscribers to add"
    )


class PutTopicsRequest(Request):
    topics: list[TopicRequest] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def are_few_enough(self) -> Self:
        if sum(len(topic.members) for topic in self.topics) > MEMBERS_LIMIT:
            raise PydanticCustomError("carillon", "must not name more than 5000 members in total")
        return self


class PutTopicsResponse(Response):
    created: list[str]
    updated: list[str]
    unknown: dict[str, list[str]] = Field(
        description="By topic, the ids that are no subscribers; they were not added"
    )


class ChangeTopicRequest(Request):
    name: Name


class TopicResponse(Response):
    key: str
    name: str
    created_at: datetime
    updated_at: datetime


class MembersRequest(Request):
    members: Members


class AddedMembersResponse(Response):
    added: int = Field(description="How many were not members before")
    unknown: list[str] = Field(description="Ids that are no subscribers; they were not added")


class CreateContextRequest(Request):
    identifier: NewId
    name: OptionalName = ""
    data: Data = None


class ChangeContextRequest(Request):
    """A field that is absent or null stays as it is; `{}` empties the data."""

    name: OptionalName | None = None
    data: Data = None


class ContextResponse(Response):
    identifier: str
    name: str
    data: JsonObject | None
    created_at: datetime
    updated_at: datetime
