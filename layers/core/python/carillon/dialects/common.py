"""Building blocks shared by the dialects: encoding, error tables, path ids and field formats."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

from carillon.dialects.dialect import Admitted, Asked, Dialect
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import (
    CarillonError,
    MethodNotAllowed,
    NotFound,
    RateLimited,
    Unauthenticated,
    Unavailable,
)
from carillon.domain.base.problems import ProblemKind, continuing, shortened
from carillon.domain.base.terms import Noun

# 255 characters are at most 1,020 bytes: a sort key holds 1,024.
LONGEST_ID = 255

# Pydantic's error types, as far as a dialect tells them apart.
_KINDS: Mapping[str, ProblemKind] = {
    "missing": "missing",
    "literal_error": "choice",
    "enum": "choice",
    "string_too_long": "limit",
    "too_long": "limit",
    "less_than_equal": "limit",
    "greater_than_equal": "limit",
}

# Of the fields of a person, wherever one is named; in characters.
LONGEST_EMAIL = 254
LONGEST_PHONE = 32
LONGEST_NAME = 255
LONGEST_AVATAR = 2048
LONGEST_LOCALE = 35
LONGEST_TIME_ZONE = 64

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LINE_OR_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_EMAIL = re.compile(
    r"[^@\s,;<>\x00-\x1f\x7f-\x9f]+@[^@\s,;<>.\x00-\x1f\x7f-\x9f]"
    r"[^@\s,;<>\x00-\x1f\x7f-\x9f]*\.[^@\s,;<>.\x00-\x1f\x7f-\x9f]+"
)
_PHONE = re.compile(r"\+[0-9 ().\-/]{3,31}")
_HTTP_URL = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
# Of any scheme, since Apprise names its services by one. Also a JSON Schema `pattern`.
ANY_URL = r"^[a-zA-Z][\w+.-]*://\S+$"
_ANY_URL = re.compile(ANY_URL)


class PlainDialect(Dialect):
    """Defaults of a dialect with one version, no headers of its own and no tokens."""

    takes_tokens = False

    def admit(self, asked: Asked) -> None:
        """Every path is taken."""

    def headers(self, admitted: Admitted) -> Mapping[str, str]:  # noqa: ARG002 - the interface's
        return {}

    def encode(self, result: Any) -> Any:
        return plain(result)


def plain(result: Any, *, exclude_none: bool = False) -> Any:
    """Return models as JSON, by their wire names."""
    if isinstance(result, BaseModel):
        return result.model_dump(mode="json", by_alias=True, exclude_none=exclude_none)
    if isinstance(result, list):
        return [plain(item, exclude_none=exclude_none) for item in result]
    return result


def omitted(alias: str | None = None) -> Any:
    """Declare a field of an answer that is left out when None; others are shown as null."""
    return Field(default=None, alias=alias, exclude_if=lambda value: value is None)


class _EmptyIsNone:
    """Read an empty text as if nothing had been given, and say so in the contract."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(_without_empty, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        known = handler(schema)
        return {"anyOf": [*known.pop("anyOf", [dict(known)]), {"const": "", "type": "string"}]}


def _without_empty(value: Any) -> Any:
    return None if value == "" else value


# On an optional field of a person: what is empty must not wipe what is stored.
EMPTY_IS_NONE = _EmptyIsNone()


def problems(error: ValidationError) -> list[WireProblem]:
    """Translate pydantic's findings into problems."""
    return [
        WireProblem(
            shortened(".".join(map(str, found["loc"]))),
            continuing(found["msg"]),
            found.get("input"),
            _KINDS.get(found["type"], ""),
        )
        for found in error.errors(include_url=False, include_context=False)
    ]


def nearest[T](error: CarillonError, table: Mapping[type[CarillonError], T], default: T) -> T:
    """Return the table's entry for the closest of the error's classes."""
    return next((table[kind] for kind in type(error).__mro__ if kind in table), default)


def http_headers(error: CarillonError, challenge: str = "") -> dict[str, str]:
    """Return the headers HTTP demands with an error (RFC 9110).

    `challenge` is the `WWW-Authenticate` of a 401; empty for a dialect that sends none.
    """
    match error:
        case Unauthenticated() if challenge:
            return {"www-authenticate": challenge}
        case MethodNotAllowed():
            return {"allow": ", ".join(error.allowed)}
        case Unavailable() | RateLimited():
            return {"retry-after": str(error.retry_after)}
        case _:
            return {}


def path_id(path: Mapping[str, str], noun: Noun, parameter: str = "") -> str:
    """Return an id from the path; raise NotFound for one that could never have been stored.

    `parameter` is the path's name for it, where that is not the noun.
    """
    id = path[parameter or noun.name.lower()]
    if not 0 < len(id) <= LONGEST_ID or _CONTROL.search(id):
        raise _never_stored(noun, id)
    return id


def path_slug(path: Mapping[str, str], noun: Noun, parameter: str = "") -> str:
    """Return a slug from the path, which is ASCII; raise NotFound otherwise."""
    id = path_id(path, noun, parameter)
    if not id.isascii():
        raise _never_stored(noun, id)
    return id


def zulu(at: datetime) -> str:
    """Return the time in UTC with milliseconds and a `Z`, as JavaScript writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_email(text: str) -> bool:
    """One address, in a domain with a dot, and nothing that could end or extend a mail header."""
    return len(text) <= LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def is_plain(text: str) -> bool:
    """Whether the text is without control characters and line breaks."""
    return _LINE_OR_CONTROL.search(text) is None


NO_SEGMENT = "must be one part of a path: without '/', and neither '.' nor '..'"


def is_segment(text: str) -> bool:
    """Whether a path can name it: the gateway decodes `%2F` before it looks for a route."""
    return "/" not in text and text not in {".", ".."}


def is_link(text: str) -> bool:
    """A web page's URL, or a path of whoever shows it: nothing that a browser would run."""
    try:
        return is_plain(text) and urlsplit(text).scheme in {"", "http", "https"}
    except ValueError:
        return False


def is_time_zone(text: str) -> bool:
    """A name of the IANA database, such as `Europe/Berlin`."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - few calls name one

    try:
        return len(text) <= LONGEST_TIME_ZONE and bool(ZoneInfo(text))
    except (KeyError, OSError, ValueError):  # not found, a folder, or no path in the database
        return False


def is_phone(text: str) -> bool:
    """Whether it is a phone number with its country: `+`, and as many digits as that has."""
    return bool(e164(text))


def e164(text: str) -> str:
    """Return a phone number as `+` and digits; an empty text for what is none.

    A number without its country is none: it would be read as that of another one.
    """
    import phonenumbers  # noqa: PLC0415 - few calls name one, and its tables take a while

    if not _PHONE.fullmatch(text):
        return ""
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return ""
    is_possible = phonenumbers.is_possible_number(number)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return written if is_possible else ""


def is_http_url(text: str) -> bool:
    return _HTTP_URL.fullmatch(text) is not None


def is_any_url(text: str) -> bool:
    return _ANY_URL.fullmatch(text) is not None


def is_language_tag(text: str) -> bool:
    return _LANGUAGE.fullmatch(text) is not None


def _never_stored(noun: Noun, id: str) -> NotFound:
    shown = id[:LONGEST_ID]
    return NotFound(noun, shown if shown.isprintable() else ascii(shown)[1:-1])
