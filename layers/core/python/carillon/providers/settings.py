"""What the providers' settings have in common: how they are checked, and what they are made of."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit, urlunsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from carillon.domain.base.errors import Invalid, Problem, continuing

_LONGEST_URL = 2048
_LONGEST_HOST = 253
_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f\\]")
# Only a stack on one machine lets its own services through without TLS; elsewhere the guard
# of the egress refuses them when it sends.
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Strict(BaseModel):
    """Nothing unknown, nothing changed later, and no value in an error's words or in `repr`."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, validate_by_name=True
    )

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        return ()


class NoAddress(BaseModel):
    """The address of providers whose target is in their settings: anything, and not used."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def problems(model: type[BaseModel], given: Mapping[str, Any], under: str = "") -> list[Problem]:
    """What is wrong with the settings. What was found is a secret, so it is not repeated."""
    try:
        model.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return [_problem(details, under) for details in found]
    return []


def _problem(details: ErrorDetails, under: str) -> Problem:
    path = [under, *(str(part) for part in details["loc"] if part != "[key]")]
    return Problem(".".join(filter(None, path)), continuing(details["msg"]))


def parsed[M: BaseModel](model: type[M], given: Mapping[str, Any], under: str) -> M:
    """The settings or the address as the provider wants them, or Invalid."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise Invalid(*problems(model, given, under)) from error


def prepared(model: type[BaseModel], given: Mapping[str, Any]) -> Mapping[str, Any]:
    return parsed(model, given, "").model_dump(mode="json", by_alias=True, exclude_none=True)


def ascii_host(host: str) -> str:
    """The host as DNS knows it, or ValueError.

    Python's own IDNA is that of 2003, which turns some letters into others (ß into ss), and so a
    name into somebody else's. Names that do not survive the way back must come as xn-- already.
    """
    if host.isascii():
        return host
    try:
        encoded = host.encode("idna")
        kept = encoded.decode("idna") == host.lower()
    except UnicodeError:
        kept = False
    if not kept:
        raise ValueError("has a host that must be written in ASCII (xn--)")
    return encoded.decode()


def _url(text: str) -> str:
    if _NOT_IN_URLS.search(text):
        raise ValueError("has a character that no URL has")
    parts = urlsplit(text)
    host = parts.hostname or ""
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise ValueError("must start with https://")
    if not host or len(host) > _LONGEST_HOST or parts.port == 0:  # .port raises ValueError too
        raise ValueError("has no valid host and port")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or password")
    if parts.fragment:
        raise ValueError("must not have a fragment")
    if host.isascii():
        return text
    port = "" if parts.port is None else f":{parts.port}"
    return urlunsplit(parts._replace(netloc=ascii_host(host) + port))


type Url = Annotated[str, Field(max_length=_LONGEST_URL), AfterValidator(_url)]
type Secret = Annotated[str, Field(min_length=1, max_length=4096)]
