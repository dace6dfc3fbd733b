"""What travels to and from SailPoint's event triggers. Unknown fields are ignored.

Source: https://developer.sailpoint.com/docs/api/beta/triggers
"""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    TypeAdapter,
    ValidationError,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

_LONGEST_DEADLINE = timedelta(days=7)
_DURATION = re.compile(r"P[0-9DTHMS.W]{1,30}\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_durations = TypeAdapter(timedelta)

type Kind = Literal["HTTP", "EVENTBRIDGE", "INLINE", "SCRIPT", "WORKFLOW"]
type Mode = Literal["SYNC", "ASYNC", "DYNAMIC"]
type Authentication = Literal["NO_AUTH", "BASIC_AUTH", "BEARER_TOKEN"]


def duration(text: str) -> timedelta:
    """An ISO 8601 duration as a time; raise ValueError for what is none."""
    try:
        return _durations.validate_python(text)
    except ValidationError:
        raise ValueError("must be an ISO 8601 duration, such as PT1H") from None


def written(time: timedelta) -> str:
    """The time as an ISO 8601 duration."""
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
type Id = Annotated[str, Field(min_length=1, max_length=100)]
type Deadline = Annotated[str, Field(max_length=64), AfterValidator(_deadline)]


class Wire(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True
    )


class BasicAuth(Wire):
    """Secrets are write-only: a null, as we show them, means the one that is stored."""

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
    """What a PUT or the result of a PATCH says; what it leaves out stays as it is."""

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
    """SailPoint knows no `test`. Which paths may be changed, translate says."""

    op: Literal["add", "remove", "replace", "move", "copy"]
    path: Annotated[str, Field(min_length=1, max_length=200)]
    value: Any = None
    from_: str | None = Field(default=None, alias="from", max_length=200)


class ValidateFilterRequest(Wire):
    input: dict[str, Any]
    filter: Annotated[str, Field(max_length=2000)]


class TestInvocationRequest(Wire):
    trigger_id: Id
    input: dict[str, Any] | None = None
    content_json: dict[str, Any]
    subscription_ids: Annotated[list[Id], Field(max_length=250)] | None = None


class CompleteInvocationRequest(Wire):
    secret: Annotated[str, Field(min_length=1, max_length=100)]
    output: dict[str, Any]
    error: str | None = None


class InvocationResponse(Wire):
    id: str
    trigger_id: str
    secret: str
    content_json: dict[str, Any]


class ValidateFilterResponse(Wire):
    is_valid: bool
    is_valid_json_path: bool = Field(alias="isValidJSONPath")
    is_path_exist: bool
