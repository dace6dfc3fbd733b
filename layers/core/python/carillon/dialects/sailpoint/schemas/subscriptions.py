"""Trigger subscriptions on the wire. Unknown fields are ignored.

Source: https://developer.sailpoint.com/docs/api/beta/create-subscription
"""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    StrictBool,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from carillon.dialects.common import omitted
from carillon.dialects.sailpoint.schemas.common import Id, Wire

_LONGEST_DEADLINE = timedelta(days=7)
_DURATION = re.compile(r"P[0-9DTHMS.W]{1,30}\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_durations = TypeAdapter(timedelta)
type Kind = Literal["HTTP", "EVENTBRIDGE", "INLINE", "SCRIPT", "WORKFLOW"]
type Mode = Literal["SYNC", "ASYNC", "DYNAMIC"]
type Authentication = Literal["NO_AUTH", "BASIC_AUTH", "BEARER_TOKEN"]


def duration(text: str) -> timedelta:
    """Read an ISO 8601 duration; raise ValueError for another text."""
    try:
        return _durations.validate_python(text)
    except ValidationError:
        raise ValueError("must be an ISO 8601 duration, such as PT1H") from None


def written(time: timedelta) -> str:
    """Write an ISO 8601 duration."""
    return str(_durations.dump_python(time, mode="json"))


def _deadline(text: str) -> str:
    found = duration(text) if _DURATION.match(text) else timedelta(0)
    if not timedelta(0) < found <= _LONGEST_DEADLINE:
        raise PydanticCustomError("carillon", "must be an ISO 8601 duration of at most P7D")
    return text


def _text(text: str) -> str:
    if _CONTROL.search(text):
        raise PydanticCustomError("carillon", "must not contain control characters")
    return text


type Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_text)]
type Deadline = Annotated[str, Field(max_length=64), AfterValidator(_deadline)]


class BasicAuth(Wire):
    """Secrets are write-only: they are shown as null, and null keeps the stored one."""

    user_name: str | None = Field(default=None, max_length=256)
    password: str | None = Field(default=None, max_length=1024)


class BearerAuth(Wire):
    bearer_token: str | None = Field(default=None, max_length=4096)


class HttpConfig(Wire):
    url: Annotated[str, Field(min_length=1, max_length=2048)]
    http_dispatch_mode: Mode
    http_authentication_type: Authentication | None = "NO_AUTH"
    basic_auth_config: BasicAuth | None = None
    bearer_token_auth_config: BearerAuth | None = None


class EventBridgeConfig(Wire):
    aws_account: Annotated[str, Field(pattern=r"^[0-9]{12}$")]
    aws_region: Annotated[str, Field(min_length=1, max_length=32)]


class SubscriptionRequest(Wire):
    """The body of a PUT, or the result of a PATCH; absent fields stay as they are."""

    id: Id | None = None
    name: Name | None = None
    description: Annotated[str, Field(max_length=2000)] | None = None
    trigger_id: Id | None = None
    type: Kind | None = None
    response_deadline: Deadline | None = None
    http_config: HttpConfig | None = None
    event_bridge_config: EventBridgeConfig | None = None
    enabled: StrictBool | None = None
    filter: Annotated[str, Field(max_length=2000)] | None = None


class CreateSubscriptionRequest(SubscriptionRequest):
    name: Name
    trigger_id: Id
    type: Kind


class PatchOperation(Wire):
    """SailPoint has no `test` operation."""

    op: Literal["add", "remove", "replace", "move", "copy"]
    path: Annotated[str, Field(min_length=1, max_length=200)]
    value: Any = None
    from_: str | None = Field(default=None, alias="from", max_length=200)


class ValidateFilterRequest(Wire):
    input: dict[str, Any]
    filter: Annotated[str, Field(max_length=2000)]


class ValidateFilterResponse(Wire):
    is_valid: bool
    is_valid_json_path: bool = Field(alias="isValidJSONPath")
    is_path_exist: bool


class BasicAuthResponse(Wire):
    user_name: str | None
    password: None = None


class BearerAuthResponse(Wire):
    bearer_token: None = None


class HttpConfigResponse(Wire):
    url: str | None
    http_dispatch_mode: Mode
    http_authentication_type: Authentication = "NO_AUTH"
    basic_auth_config: BasicAuthResponse | None = omitted()
    bearer_token_auth_config: BearerAuthResponse | None = omitted()


class EventBridgeConfigResponse(Wire):
    aws_account: str | None
    aws_region: str | None


class SubscriptionResponse(Wire):
    """Secrets are null; an empty text is left out."""

    id: str
    name: str
    description: str | None = omitted()
    trigger_id: str
    trigger_name: str
    type: Literal["HTTP", "EVENTBRIDGE"]
    response_deadline: str
    http_config: HttpConfigResponse | None = omitted()
    event_bridge_config: EventBridgeConfigResponse | None = omitted()
    enabled: bool
    filter: str | None = omitted()
