"""Base models and field types of Novu's API. Unknown fields are ignored, null is absent."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from carillon.dialects.common import NO_SEGMENT, is_any_url, is_segment
from carillon.domain.audience.addresses import DEVICES_LIMIT, TOKEN_LIMIT
from carillon.domain.base.network import is_public_url

type ProviderId = Literal[
    "slack",
    "discord",
    "msteams",
    "mattermost",
    "ryver",
    "zulip",
    "grafana-on-call",
    "getstream",
    "rocket-chat",
    "whatsapp-business",
    "fcm",
    "apns",
    "expo",
    "one-signal",
    "pushpad",
    "push-webhook",
    "pusher-beams",
    "apprise",  # ours, besides Novu's
]
# Novu's names for providers of ours that have another; its clients refuse unknown names.
SHOWN_AS = {"in-app": "novu", "smtp": "nodemailer", "apprise": "chat-webhook"}
# Providers known to the clients, which cannot read an answer with another.
PUBLISHED = frozenset(get_args(ProviderId.__value__)) - {"apprise"}

# No control characters: ids become keys and header values.
_PLAIN = r"^[^\x00-\x1f\x7f]*$"
type Id = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=_PLAIN)
]
type Text = Annotated[str, StringConstraints(max_length=2048)]


def wrong(message: str) -> PydanticCustomError:
    """Return an error whose message continues the name of the field."""
    return PydanticCustomError("carillon", message)


def _segment(id: str) -> str:
    if not is_segment(id):
        raise wrong(NO_SEGMENT)
    return id


# The id of what the request may make, which other requests name in their paths.
type NewId = Annotated[Id, AfterValidator(_segment)]
# Values that count as absent: clients send them for options that were not set.
_Unset = (
    Literal["", False]
    | Annotated[list[Any], Field(max_length=0)]
    | Annotated[dict[str, Any], Field(max_length=0)]
    | None
)


def refused(why: str) -> Any:
    """Declare a field of Novu's that is refused unless it is empty, as it would have no effect."""

    def check(value: Any) -> None:
        if value:
            raise wrong(f"is not supported: {why}")

    check.__doc__ = why
    return BeforeValidator(check, json_schema_input_type=_Unset)


def _whole(value: Any) -> Any:
    """Take `10.0` for 10, as clients send it that know only one type of number."""
    text = value.strip() if isinstance(value, str) else ""
    whole, _, fraction = text.partition(".")
    return whole if text and not fraction.strip("0") else value


def _nothing_is_none(value: Any) -> Any:
    return value or None


Whole = Annotated[int, BeforeValidator(_whole)]
# A page's number, or the items to skip: no list is read further.
Position = Annotated[Whole, Field(ge=0, le=1_000_000)]
# In a query, where an empty parameter counts as absent.
Given = Annotated[Id | None, BeforeValidator(_nothing_is_none)]
Cursor = Annotated[
    Annotated[str, StringConstraints(max_length=4096)] | None, BeforeValidator(_nothing_is_none)
]


class Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


def format_of(fits: Callable[[str], bool], what: str) -> AfterValidator:
    def check(value: str) -> str:
        if value and not fits(value):
            raise PydanticCustomError("carillon", "must be {what}", {"what": what})
        return value

    return AfterValidator(check)


type Url = Annotated[
    str,
    StringConstraints(max_length=2048),
    format_of(is_any_url, "a URL"),
    format_of(is_public_url, "a URL of a host on the public internet"),
]
type Token = Annotated[str, StringConstraints(min_length=1, max_length=TOKEN_LIMIT)]


_OF_ALERTS = "set it in the integration: an address has a URL alone"


class ChannelCredentials(Wire):
    """An address with a chat or push provider, wherever one is given."""

    webhook_url: Url | None = None
    channel: Text | None = None
    device_tokens: list[Token] | None = Field(None, max_length=DEVICES_LIMIT)
    alert_uid: Annotated[None, refused(_OF_ALERTS)] = None
    title: Annotated[None, refused(_OF_ALERTS)] = None
    image_url: Annotated[None, refused(_OF_ALERTS)] = None
    state: Annotated[None, refused(_OF_ALERTS)] = None
    external_url: Annotated[None, refused(_OF_ALERTS)] = None


class SubscriberChannel(Wire):
    provider_id: ProviderId
    integration_identifier: Text | None = None
    credentials: ChannelCredentials = Field(default_factory=ChannelCredentials)


class Listed[T](Wire):
    """A page of a list, with facts about the list next to `data`."""

    data: list[T]


class Numbered[T](Listed[T]):
    """A page by number, as in the first generation."""

    page: int
    page_size: int
    has_more: bool
    total_count: int


class Cursored[T](Listed[T]):
    """A page with cursors, as in the second generation."""

    next: str | None
    previous: str | None
    total_count: int
    total_count_capped: bool


class NumberedQuery(Wire):
    page: Position = 0
    limit: Whole = Field(10, ge=1, le=100)


class CursoredQuery(Wire):
    """Source: https://docs.novu.co/api-reference/subscribers/search-subscribers, for all lists."""

    limit: Whole = Field(10, ge=1, le=100)
    after: Cursor = None
    before: Cursor = None
    order_by: Annotated[
        Literal["_id", "createdAt", "updatedAt"] | None, BeforeValidator(_nothing_is_none)
    ] = None
    order_direction: Annotated[Literal["ASC", "DESC"] | None, BeforeValidator(_nothing_is_none)] = (
        None
    )
    include_cursor: bool = False


# A list that Novu's clients require and that is always empty here.
Nothing = Annotated[list[Any], Field(default_factory=list, max_length=0)]


class Enveloped[T](Wire):
    """Any answer but a page: only `data`."""

    data: T
