"""The interface between the runtime and a dialect: credentials, answers and error texts."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from carillon.domain.base.errors import CarillonError
from carillon.domain.tenancy.rate_limits import Allowance


@dataclass(frozen=True, kw_only=True)
class Answer[T = Any]:
    """A response: `body` is the JSON of a T, or None for an empty body."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The part of a request a dialect sees when it admits it or words an error."""

    method: str
    path: str
    at: datetime
    request_id: str
    base_url: str  # without a slash at its end
    parameters: Mapping[str, str] = field(default_factory=dict)  # from the path
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case

    @property
    def tracking_id(self) -> str:
        """32 hex digits, also in the log line of a refusal, for dialects that show them."""
        return hashlib.sha256(self.request_id.encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """A call with a known key, whether it succeeds or not."""

    request_id: str
    allowance: Allowance | None  # None: no limit applies
    idempotency_key: str | None  # of a call that changes something


class Dialect(ABC):
    """One API: its credentials and its wording. A dialect's package exposes it as `dialect`."""

    name: ClassVar[str]  # of its package and of the folder of its functions
    takes_tokens: ClassVar[bool]  # besides keys; its functions need the right to read the token key
    versions: ClassVar[frozenset[str]] = frozenset()  # values of `{version}` in its paths
    takes_forms: ClassVar[bool] = False  # for JSON, with brackets in the names, as Express reads it
    shows_null: ClassVar[bool] = True  # or leaves out the optional fields of an answer that are

    @abstractmethod
    def credential(self, headers: Mapping[str, str]) -> str:
        """Return the request's API key, as `car_<id>_<secret>`, or its token.

        Raise Unauthenticated when there is none.
        """

    @abstractmethod
    def admit(self, asked: Asked) -> None:
        """Refuse a request that no path of the dialect takes, such as an unknown version."""

    @abstractmethod
    def error(self, error: CarillonError, asked: Asked) -> Answer:
        """Word any domain error, with the dialect's status and body."""

    @abstractmethod
    def headers(self, admitted: Admitted) -> Mapping[str, str]:
        """Return the headers of every answer to an admitted call, refusals included.

        `Retry-After` is not among them: `error` sets it for RateLimited and Unavailable.
        """

    @abstractmethod
    def encode(self, result: Any) -> Any:
        """Return the JSON body of a successful result: a model, a list of models or plain JSON."""

    def whole(self, result: Any) -> Any:
        """Return the type of the body that `encode` makes of a result of this type."""
        return result
