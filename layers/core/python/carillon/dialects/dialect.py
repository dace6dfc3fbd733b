"""What the runtime asks of a dialect: where its credential is, and how it says things."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError

from carillon.domain.base.errors import (
    CarillonError,
    MethodNotAllowed,
    Problem,
    RateLimited,
    Unavailable,
    continuing,
)
from carillon.domain.tenancy.rate_limits import Allowance


@dataclass(frozen=True, kw_only=True)
class Answer[T = Any]:
    """A response: `body` is JSON that says a T, or None for an empty one."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a dialect may know of a request: by it errors are said, and some requests refused."""

    path: str
    at: datetime
    request_id: str
    base_url: str  # what the caller's URLs begin with
    parameters: Mapping[str, str] = field(default_factory=dict)  # the path's
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case

    @property
    def tracking_id(self) -> str:
        """32 hex digits that are in the log line of a refusal too, for dialects that show them."""
        return hashlib.sha256(self.request_id.encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """A call of a known key, whatever comes of it."""

    request_id: str
    allowance: Allowance | None  # None: nothing limits it
    idempotency_key: str | None  # of a call that changes something


class Dialect(Protocol):
    name: str
    takes_tokens: bool  # beside keys; its functions need the right to read the token key

    def credential(self, headers: Mapping[str, str]) -> str:
        """The API key in the request, as `car_<id>_<secret>`, or a token of it.

        Raise Unauthenticated without.
        """

    def admit(self, asked: Asked) -> None:
        """Refuse what no path of the dialect takes, whoever asks: an unknown version, say."""

    def error(self, error: CarillonError, asked: Asked) -> Answer:
        """Say any domain error in the dialect's words and status."""

    def headers(self, admitted: Admitted) -> Mapping[str, str]:
        """What every answer to an admitted call says, refusals as well.

        `Retry-After` is not among it: `error` says it of RateLimited and Unavailable.
        """

    def encode(self, result: Any) -> Any:
        """A successful result (a model, a list of models or plain JSON) as the body's JSON."""


def http_headers(error: CarillonError) -> dict[str, str]:
    """What HTTP itself has to be said with an error, in every dialect (RFC 9110)."""
    match error:
        case MethodNotAllowed():
            return {"allow": ", ".join(error.allowed)}
        case Unavailable() | RateLimited():
            return {"retry-after": str(error.retry_after)}
        case _:
            return {}


def plain(result: Any, *, exclude_none: bool = False) -> Any:
    """Models as JSON, by their wire names."""
    if isinstance(result, BaseModel):
        return result.model_dump(mode="json", by_alias=True, exclude_none=exclude_none)
    if isinstance(result, list):
        return [plain(item, exclude_none=exclude_none) for item in result]
    return result


# Pydantic's sorts of error, as far as a dialect tells them apart.
_KINDS: Mapping[str, str] = {
    "missing": "missing",
    "literal_error": "choice",
    "enum": "choice",
    "string_too_long": "limit",
    "too_long": "limit",
    "less_than_equal": "limit",
    "greater_than_equal": "limit",
}


def problems(error: ValidationError) -> list[Problem]:
    """Pydantic's findings in the domain's words."""
    return [
        Problem(
            ".".join(map(str, found["loc"])),
            continuing(found["msg"]),
            found.get("input"),
            _KINDS.get(found["type"], ""),
        )
        for found in error.errors(include_url=False, include_context=False)
    ]
