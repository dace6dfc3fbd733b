"""Validation of settings and addresses, and the field types that providers share."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit, urlunsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from carillon.domain.base import network
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem, continuing, joined
from carillon.domain.base.terms import FieldName

_LONGEST_URL = 2048
_LONGEST_HOST = 253
_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f\\]")


class Strict(BaseModel):
    """A frozen model without unknown fields, whose values appear in no error and no `repr`."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, validate_by_name=True
    )

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        return ()


class NoAddress(BaseModel):
    """The address of a provider whose target is in its settings: anything, and ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def problems(
    model: type[BaseModel], given: Mapping[str, Any], field: FieldName
) -> list[FieldProblem]:
    """List what is wrong within the field; values are left out because they may be secrets."""
    try:
        model.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return [_problem(details, field) for details in found]
    return []


def _problem(details: ErrorDetails, field: FieldName) -> FieldProblem:
    within = joined(*(str(part) for part in details["loc"] if part != "[key]"))
    return FieldProblem(field, continuing(details["msg"]), within=within)


def parsed[M: BaseModel](model: type[M], given: Mapping[str, Any], field: FieldName) -> M:
    """Validate settings, an address or the like; raise Invalid with problems of the field."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise Invalid(*problems(model, given, field)) from error


def prepared(model: type[BaseModel], given: Mapping[str, Any]) -> Mapping[str, Any]:
    checked = parsed(model, given, FieldName.SETTINGS)
    return checked.model_dump(mode="json", by_alias=True, exclude_none=True)


def ascii_host(host: str) -> str:
    """Encode an internationalised host for DNS; raise ValueError if that would change it.

    Python has IDNA 2003, which replaces letters (ß by ss) and so could name somebody else's host.
    Names that do not survive the round trip must be given in their xn-- form.
    """
    if host.isascii():
        return host
    try:
        encoded = host.encode("idna")
        kept = encoded.decode("idna") == host.lower()
    except UnicodeError:
        kept = False
    if not kept:
        raise ValueError("must have its host in ASCII (xn--)")
    return encoded.decode()


def _url(text: str) -> str:
    if _NOT_IN_URLS.search(text):
        raise ValueError("must not contain spaces, backslashes or control characters")
    parts = urlsplit(text)
    host = parts.hostname or ""
    if parts.scheme != "https" and not (parts.scheme == "http" and host in network.LOCAL_HOSTS):
        raise ValueError("must start with https://")
    if not host or len(host) > _LONGEST_HOST or parts.port == 0:  # .port may raise ValueError
        raise ValueError("must have a valid host and port")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not contain a user name or password")
    if parts.fragment:
        raise ValueError("must not have a fragment")
    if not network.is_public_url(text):
        raise ValueError(network.NOT_PUBLIC)
    if host.isascii():
        return text
    port = "" if parts.port is None else f":{parts.port}"
    return urlunsplit(parts._replace(netloc=ascii_host(host) + port))


type Url = Annotated[str, Field(max_length=_LONGEST_URL), AfterValidator(_url)]
type Secret = Annotated[str, Field(min_length=1, max_length=4096)]
