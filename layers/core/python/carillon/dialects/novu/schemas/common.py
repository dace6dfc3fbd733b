"""What the resources of Novu's API share. Unknown fields are ignored, null means absent."""

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

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
    "apprise",  # ours, beside Novu's own
]
# What Novu calls the providers that it does not have under our names; its clients refuse others.
SHOWN_AS = {"in-app": "novu", "smtp": "nodemailer", "apprise": "chat-webhook"}
# Those that the clients know: an answer with another is one that they cannot read.
PUBLISHED = frozenset(get_args(ProviderId.__value__)) - {"apprise"}

# No control characters: ids become keys and header values.
_PLAIN = r"^[^\x00-\x1f\x7f]*$"
type Id = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=_PLAIN)
]
type Text = Annotated[str, StringConstraints(max_length=2048)]


def wrong(message: str) -> PydanticCustomError:
    """What is wrong with a field, in words that continue its name."""
    return PydanticCustomError("carillon", message)


def _whole(value: Any) -> Any:
    """Clients made for numbers without a kind send 10 as `10.0`."""
    text = value.strip() if isinstance(value, str) else ""
    whole, _, fraction = text.partition(".")
    return whole if text and not fraction.strip("0") else value


def _nothing_is_none(value: Any) -> Any:
    return value or None


Whole = Annotated[int, BeforeValidator(_whole)]
# A page's number, or how many items are before it: no list is read further.
Position = Annotated[Whole, Field(ge=0, le=1_000_000)]
# Of a query, where an empty parameter is none.
Given = Annotated[Id | None, BeforeValidator(_nothing_is_none)]
Cursor = Annotated[
    Annotated[str, StringConstraints(max_length=4096)] | None, BeforeValidator(_nothing_is_none)
]


class Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class ChannelCredentials(Wire):
    webhook_url: Text | None = None
    channel: Text | None = None
    device_tokens: list[Annotated[str, StringConstraints(min_length=1, max_length=4096)]] | None = (
        Field(None, max_length=100)
    )


class SubscriberChannel(Wire):
    provider_id: ProviderId
    integration_identifier: Text | None = None
    credentials: ChannelCredentials = Field(default_factory=ChannelCredentials)


class Listed[T](Wire):
    """A page of a list: what it tells of itself stands beside its `data`."""

    data: list[T]


class Numbered[T](Listed[T]):
    """A page by its number, as lists of the first generation have it."""

    page: int
    page_size: int
    has_more: bool
    total_count: int


class Cursored[T](Listed[T]):
    """A page with cursors, as lists of the second generation have it."""

    next: str | None
    previous: str | None
    total_count: int
    total_count_capped: bool


class NumberedQuery(Wire):
    page: Position = 0
    limit: Whole = Field(10, ge=1, le=100)


class CursoredQuery(Wire):
    """https://docs.novu.co/api-reference/subscribers/search-subscribers has it for all lists."""

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


# A list Novu's clients require, and which is always empty here.
Nothing = Annotated[list[Any], Field(default_factory=list, max_length=0)]


class Enveloped[T](Wire):
    """Any other answer: `data` is all that there is."""

    data: T
