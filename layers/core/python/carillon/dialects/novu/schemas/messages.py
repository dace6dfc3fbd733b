"""Messages and feeds on the wire.

Sources: https://docs.novu.co/api-reference/messages/list-all-messages,
.../notifications/list-all-events, and the models of novu-py 3.19.
"""

import base64
import binascii
import json
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StrictBool, field_validator, model_validator

from carillon.dialects.novu.schemas.common import Id, Listed, Position, Text, Wire, refused
from carillon.domain.activity.feeds import EVERY, UNREAD, Mark, State

_LONGEST_LIST = 100
_LARGEST_PAYLOAD = 8 * 1024  # bytes of JSON, stored with a button

type ChannelName = Literal["in_app", "email", "sms", "chat", "push", "tool"]
type MessageStatus = Literal["sent", "error", "warning"]


def split(value: Any) -> Any:
    """Split a query parameter that was given several times: they arrive joined by commas."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


type Several[T] = Annotated[list[T], BeforeValidator(split), Field(max_length=_LONGEST_LIST)]


class PageQuery(Wire):
    page: Position = 0
    limit: int = Field(default=10, ge=1, le=100)


class FeedQuery(PageQuery):
    """`payload` is a JSON object in base64, whose fields a message's payload must have."""

    read: bool | None = None
    seen: bool | None = None
    payload: Annotated[str, Field(max_length=4096)] | None = None

    @property
    def states(self) -> frozenset[State]:
        return states(read=self.read, seen=self.seen)

    @property
    def wanted(self) -> dict[str, Any] | None:
        """Decode `payload`; raise ValueError if it is no object."""
        return _decoded(self.payload) if self.payload else None

    @field_validator("payload")
    @classmethod
    def _is_an_object(cls, value: str | None) -> str | None:
        if value:
            _decoded(value)
        return value


class CountQuery(Wire):
    seen: bool = False
    limit: int = Field(default=100, ge=1, le=100)


class MarkRequest(Wire):
    """Current clients send `markAs`, older ones `mark`."""

    message_id: Several[Text] = Field(min_length=1)
    mark_as: Mark | None = None
    mark: dict[str, StrictBool] | None = None

    @field_validator("message_id", mode="before", json_schema_input_type=Text | list[Text])
    @classmethod
    def _always_a_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _says_what_to_do(self) -> Self:
        if self.mark_as is None:
            self.mark_as = _mark(self.mark or {})
        return self

    @property
    def chosen(self) -> Mark:
        return self.mark_as or Mark.SEEN


class MarkAllRequest(Wire):
    mark_as: Mark
    feed_identifier: Annotated[None, refused("a subscriber has one feed")] = None


class ActionRequest(Wire):
    status: Literal["pending", "done"]
    payload: dict[str, Any] | None = None

    @field_validator("payload")
    @classmethod
    def _fits(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        if value and len(json.dumps(value)) > _LARGEST_PAYLOAD:
            raise ValueError(f"must not be larger than {_LARGEST_PAYLOAD} bytes")
        return value


class MessagesQuery(PageQuery):
    channel: ChannelName | None = None
    subscriber_id: Id | None = None
    transaction_id: Several[Id] = Field(default_factory=list)


class ChannelQuery(Wire):
    channel: ChannelName | None = None


class Button(Wire):
    type: Literal["primary", "secondary"]
    content: str


class ActionResult(Wire):
    payload: dict[str, Any] | None = None
    type: Literal["primary", "secondary"] | None = None


class Action(Wire):
    status: Literal["pending", "done"] | None = None
    buttons: list[Button] = Field(default_factory=list)
    result: ActionResult | None = None


class CtaData(Wire):
    url: str | None = None


class Cta(Wire):
    type: Literal["redirect"] | None = None
    data: CtaData | None = None
    action: Action | None = None


class Actor(Wire):
    type: Literal["system_custom"] = "system_custom"
    data: str


class Owned(Wire):
    environment_id: str = Field(serialization_alias="_environmentId")
    organization_id: str = Field(serialization_alias="_organizationId")
    subscriber_id: str = Field(serialization_alias="_subscriberId")
    transaction_id: str


class MessageResponse(Owned):
    """Only in-app messages have `content` and `subject`; those of others are not stored."""

    id: str = Field(serialization_alias="_id")
    template_id: str = Field(serialization_alias="_templateId")
    notification_id: str = Field(serialization_alias="_notificationId")
    job_id: str = Field(serialization_alias="_jobId")
    template_identifier: str
    channel: ChannelName
    provider_id: str
    status: MessageStatus
    created_at: datetime
    updated_at: datetime
    read: bool = False
    seen: bool = False
    archived: bool = False
    cta: Cta = Field(default_factory=Cta)
    last_seen_date: datetime | None = None
    last_read_date: datetime | None = None
    content: str | None = None
    subject: str | None = None
    actor: Actor | None = None
    payload: dict[str, Any] | None = None
    error_id: str | None = None
    error_text: str | None = None


class MessagesResponse(Listed[MessageResponse]):
    """Only the last page has `totalCount`, which is unknown before."""

    page: int
    page_size: int
    has_more: bool
    total_count: int | None = None


class CountResponse(Wire):
    count: int


class DeletedResponse(Wire):
    acknowledged: Literal[True] = True
    status: Literal["deleted"] = "deleted"


def states(*, read: bool | None, seen: bool | None) -> frozenset[State]:
    """Return the states that match; None matches both."""
    found = EVERY
    if read is not None:
        found &= frozenset({State.READ}) if read else UNREAD
    if seen is not None:
        found &= EVERY - {State.NEW} if seen else frozenset({State.NEW})
    return found


def _decoded(text: str) -> dict[str, Any]:
    try:
        value = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
    except (binascii.Error, ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    raise ValueError("must be an object of JSON in base64")


def _mark(given: dict[str, bool]) -> Mark:
    match given.get("read"), given.get("seen"):
        case True, _:
            return Mark.READ
        case False, _:
            return Mark.UNREAD
        case None, True:
            return Mark.SEEN
        case None, False:
            return Mark.UNSEEN
    raise ValueError("markAs must be read, seen, unread or unseen")
