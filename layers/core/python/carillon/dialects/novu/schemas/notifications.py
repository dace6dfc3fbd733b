"""Notifications on the wire: an event for one subscriber, with its deliveries.

Sources: https://docs.novu.co/api-reference/notifications/list-all-events and the models of
novu-py 3.19.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from carillon.dialects.novu.schemas.common import Id, Listed, Nothing, Text, Wire
from carillon.dialects.novu.schemas.messages import ChannelName, Owned, PageQuery, Several, split
from carillon.domain.base import spans

type Moment = Annotated[datetime, BeforeValidator(spans.end_of)]
type Source = Literal["Credentials", "Internal", "Payload"]


class NotificationsQuery(PageQuery):
    channels: Several[ChannelName] = Field(default_factory=list)
    templates: Several[Text] = Field(default_factory=list)
    emails: Several[Text] = Field(default_factory=list)
    subscriber_ids: Annotated[list[Id], BeforeValidator(split), Field(max_length=10)] = Field(
        default_factory=list
    )
    search: Text | None = None
    transaction_id: Id | None = None
    after: Moment | None = None
    before: Moment | None = None


class DetailsQuery(Wire):
    notification_id: Text
    subscriber_id: Id | None = None


class PersonResponse(Wire):
    id: str = Field(serialization_alias="_id")
    subscriber_id: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    avatar: str | None = None


class DetailResponse(Wire):
    id: str = Field(serialization_alias="_id")
    job_id: str = Field(serialization_alias="_jobId")
    provider_id: str
    status: Literal["Success", "Warning", "Failed"]
    source: Source
    detail: str
    raw: str | None = None
    is_retry: bool
    is_test: Literal[False] = False
    created_at: datetime


# An event that was skipped as a whole, or for a recipient on all channels, is a skipped trigger.
type StepType = ChannelName | Literal["trigger"]


class ExecutionDetailResponse(Owned, DetailResponse):
    notification_id: str = Field(serialization_alias="_notificationId")
    channel: StepType


class StepResponse(Wire):
    id: str = Field(serialization_alias="_id")
    template_id: str = Field(serialization_alias="_templateId")
    active: Literal[True] = True
    filters: Nothing


class JobResponse(Wire):
    id: str = Field(serialization_alias="_id")
    type: StepType
    status: str
    provider_id: str
    execution_details: list[DetailResponse]
    step: StepResponse
    updated_at: datetime


class TriggerResponse(Wire):
    type: Literal["event"] = "event"
    identifier: str
    variables: Nothing


class TemplateResponse(Wire):
    id: str = Field(serialization_alias="_id")
    name: str
    triggers: list[TriggerResponse]


class NotificationResponse(Owned):
    id: str = Field(serialization_alias="_id")
    template_id: str = Field(serialization_alias="_templateId")
    created_at: datetime
    updated_at: datetime
    channels: list[ChannelName]
    subscriber: PersonResponse | None = None
    template: TemplateResponse
    jobs: list[JobResponse]
    payload: dict[str, Any] | None = None


class NotificationsResponse(Listed[NotificationResponse]):
    page: int
    page_size: int
    has_more: bool
