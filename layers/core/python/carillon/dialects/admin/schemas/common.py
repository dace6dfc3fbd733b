"""Base models, pages and field types of the admin API."""

import json
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from carillon.dialects.common import (
    LONGEST_AVATAR,
    LONGEST_EMAIL,
    LONGEST_ID,
    LONGEST_LOCALE,
    LONGEST_NAME,
    LONGEST_PHONE,
    LONGEST_TIME_ZONE,
    NO_SEGMENT,
    e164,
    is_email,
    is_http_url,
    is_language_tag,
    is_link,
    is_plain,
    is_segment,
    is_time_zone,
)
from carillon.domain.base import network
from carillon.domain.base.ids import is_slug
from carillon.domain.catalogue.templates import canonical_locale


class Request(BaseModel):
    """A body or query string. Unknown fields are refused, so that a typo is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Response(BaseModel):
    """A resource in an answer: every field is present, null when empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageQuery(Request):
    limit: int = Field(default=50, ge=1, le=100, description="How many items to return")
    cursor: str | None = Field(
        default=None, max_length=4096, description="`next_cursor` of the previous page"
    )


class PageResponse[T](Response):
    items: list[T]
    next_cursor: str | None = Field(description="Where the next page starts; null on the last page")


def wrong(message: str) -> PydanticCustomError:
    return PydanticCustomError("carillon", message)


def _text(value: str) -> str:
    if not is_plain(value):
        raise wrong("must not contain control characters or line breaks")
    return value


def _segment(value: str) -> str:
    if not is_segment(value):
        raise wrong(NO_SEGMENT)
    return value


def _slug(value: str) -> str:
    if not is_slug(value):
        raise wrong("must be lower-case letters and digits, joined by single '-', '_', '.' or ':'")
    return value


def _application(value: str) -> str:
    project, _, application = value.partition("/")
    if not (is_slug(project) and is_slug(application)):
        raise wrong("must be two slugs: 'project/application'")
    return value


def _email(value: str) -> str:
    if not is_email(_text(value)):
        raise wrong("must be an e-mail address")
    return value


def _phone(value: str) -> str:
    if not (number := e164(value)):
        raise wrong("must be a phone number with its country, such as +49 170 1234567")
    return number


def _url(value: str) -> str:
    if not is_http_url(_text(value)):
        raise wrong("must be an http:// or https:// URL")
    return public(value)


def public(url: str) -> str:
    if not network.is_public_url(url):
        raise wrong(network.NOT_PUBLIC)
    return url


def _link(value: str) -> str:
    if not is_link(value):
        raise wrong("must be an http:// or https:// URL, or a path")
    return value


def _locale(value: str) -> str:
    if not is_language_tag(value):
        raise wrong("must be a language tag, such as 'en' or 'de-CH'")
    return canonical_locale(value)


def _time_zone(value: str) -> str:
    if not is_time_zone(value):
        raise wrong("must be an IANA time zone, such as 'Europe/Berlin'")
    return value


def at_most(kilobytes: int) -> AfterValidator:
    """Refuse JSON that would not fit into its item next to the other fields."""

    def check[T](value: T) -> T:
        if value is not None and size(value) > kilobytes * 1024:
            raise wrong(f"must not be larger than {kilobytes} KB as JSON")
        return value

    return AfterValidator(check)


def size(value: Any) -> int:
    """Return the size in bytes as JSON in ASCII."""
    return len(json.dumps(value))


type JsonObject = dict[str, Any]

Slug = Annotated[str, Field(max_length=100), AfterValidator(_slug)]
Application = Annotated[str, Field(max_length=201), AfterValidator(_application)]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_text)]
PersonName = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(_text)]
Avatar = Annotated[str, Field(max_length=LONGEST_AVATAR), AfterValidator(_link)]
OptionalName = Annotated[str, Field(max_length=200), AfterValidator(_text)]
Description = Annotated[str, Field(max_length=2000)]
Id = Annotated[str, Field(min_length=1, max_length=LONGEST_ID), AfterValidator(_text)]
NewId = Annotated[Id, AfterValidator(_segment)]  # of what the request may make
Email = Annotated[str, Field(max_length=LONGEST_EMAIL), AfterValidator(_email)]
Phone = Annotated[str, Field(max_length=LONGEST_PHONE), AfterValidator(_phone)]
Url = Annotated[str, Field(max_length=2048), AfterValidator(_url)]
Environments = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_text)], ...],
    Field(max_length=16, description="Names the tenant chooses, such as `production`"),
]
Locale = Annotated[str, Field(max_length=LONGEST_LOCALE), AfterValidator(_locale)]
TimeZone = Annotated[str, Field(max_length=LONGEST_TIME_ZONE), AfterValidator(_time_zone)]
