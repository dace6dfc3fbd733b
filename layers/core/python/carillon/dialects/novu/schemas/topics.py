"""Topics and their members on the wire, for both generations.

Source: https://docs.novu.co/api-reference/topics/topic-schema
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from carillon.dialects.novu.schemas.common import (
    CursoredQuery,
    Given,
    Id,
    Listed,
    NewId,
    NumberedQuery,
    Whole,
    Wire,
)

SUBSCRIBERS_LIMIT = 100  # of one request, as documented
_OLD_LIMIT = 500  # of one request of the first generation, which documents none

type Name = Annotated[str, StringConstraints(max_length=255)]


class CreateTopicRequest(Wire):
    key: NewId
    name: Name | None = None


class CreateTopicQuery(Wire):
    fail_if_exists: bool = False


class RenameTopicRequest(Wire):
    name: Annotated[str, StringConstraints(min_length=1, max_length=255)]


class NumberedTopicsQuery(NumberedQuery):
    """`pageSize` is the documented name of `limit`."""

    page_size: Whole | None = Field(None, ge=1, le=100)
    key: Given = None

    @property
    def size(self) -> int:
        return self.page_size or self.limit


class TopicsQuery(CursoredQuery):
    key: Given = None
    name: Given = None


class TopicResponse(Wire):
    id: str = Field(alias="_id")
    key: str
    name: str
    organization_id: str = Field(alias="_organizationId")
    environment_id: str = Field(alias="_environmentId")
    subscribers: list[str] | None = None
    created_at: datetime
    updated_at: datetime


class CreatedTopicResponse(Wire):
    id: str = Field(alias="_id")
    key: str


class DeletedTopicResponse(Wire):
    acknowledged: bool = True


class SubscribersRequest(Wire):
    subscribers: list[Id] = Field(min_length=1, max_length=_OLD_LIMIT)


class AddedResponse(Wire):
    succeeded: list[str]
    failed: dict[str, list[str]] | None = None


class TopicSubscriberResponse(Wire):
    organization_id: str = Field(alias="_organizationId")
    environment_id: str = Field(alias="_environmentId")
    subscriber_id: str = Field(alias="_subscriberId")
    topic_id: str = Field(alias="_topicId")
    topic_key: str
    external_subscriber_id: str


class Subscription(Wire):
    """A subscriber to add. A membership has no identifier or name of its own here."""

    subscriber_id: Id
    identifier: Id | None = None


def _named(value: Any) -> Any:
    return {"subscriberId": value} if isinstance(value, str) else value


type _Added = Annotated[
    Subscription, BeforeValidator(_named, json_schema_input_type=Id | Subscription)
]


class SubscriptionsRequest(Wire):
    """Newer clients send `subscriptions`, of ids or objects; older ones `subscriberIds`."""

    subscriber_ids: list[Id] | None = Field(None, max_length=SUBSCRIBERS_LIMIT)
    subscriptions: list[_Added] | None = Field(None, max_length=SUBSCRIBERS_LIMIT)
    name: Name | None = None
    context: dict[str, Any] | None = None
    preferences: list[Any] | None = None


class _ById(Wire):
    """A subscription to remove, by its subscriber or its identifier."""

    identifier: Annotated[str, StringConstraints(max_length=1024)] | None = None
    subscriber_id: Id | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> "_ById":
        if not (self.identifier or self.subscriber_id):
            raise ValueError("needs an identifier or a subscriberId")
        return self


type _Removed = Annotated[_ById, BeforeValidator(_named, json_schema_input_type=Id | _ById)]


class RemoveSubscriptionsRequest(Wire):
    subscriber_ids: list[Id] | None = Field(None, max_length=SUBSCRIBERS_LIMIT)
    subscriptions: list[_Removed] | None = Field(None, max_length=SUBSCRIBERS_LIMIT)


class SubscriptionsQuery(CursoredQuery):
    subscriber_id: Given = None
    key: Given = None


class TopicShown(Wire):
    id: str = Field(alias="_id")
    key: str
    name: str
    created_at: datetime
    updated_at: datetime


class PersonShown(Wire):
    id: str = Field(alias="_id")
    subscriber_id: str
    avatar: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None


class SubscriptionResponse(Wire):
    id: str = Field(alias="_id")
    identifier: str
    topic: TopicShown
    subscriber: PersonShown
    created_at: datetime
    updated_at: datetime


class Meta(Wire):
    total_count: int
    successful: int
    failed: int


class SubscriptionError(Wire):
    subscriber_id: str
    code: str
    message: str


class SubscriptionsResponse(Listed[SubscriptionResponse]):
    meta: Meta
    errors: list[SubscriptionError] | None = None
