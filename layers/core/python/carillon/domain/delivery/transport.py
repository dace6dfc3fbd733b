"""Requests to outside services and their responses, for every provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from carillon.domain.delivery.deliveries import Result


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """An HTTP request. `repr` hides its URL, headers and body: any of them may hold a secret.

    Of the response's body at most `most` bytes are read.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    body: bytes = field(repr=False, default=b"")
    most: int = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """Headers of one more try, for a response of this status whose body has one of the words."""

    status: int
    words: tuple[bytes, ...]
    headers: Mapping[str, str] = field(repr=False)

    def answers(self, response: "Response") -> bool:
        said = any(word in response.body for word in self.words)
        return response.status == self.status and said


@dataclass(frozen=True, kw_only=True)
class Http2Request(HttpRequest):
    """An HTTP/2 request, on a connection shared only by requests with the same `pool`.

    `renewal` has a new token, for a response that refuses the one in the headers.
    """

    pool: str = ""
    renewal: Renewal | None = None


@dataclass(frozen=True, kw_only=True)
class BearerRequest:
    """A request that needs an access token, from the answer to `grant` (RFC 6749, 4.4).

    Equal grants share a token until it expires. A token that is refused (401) is renewed, and the
    request tried once more.
    """

    request: HttpRequest
    grant: HttpRequest


@dataclass(frozen=True, kw_only=True)
class AppriseRequest:
    """A message that the library Apprise sends to one of its URLs, by requests that it makes.

    The title is text, and so is the body unless it `is_html`.
    """

    url: str = field(repr=False)
    title: str = field(repr=False)
    body: str = field(repr=False)
    is_html: bool = False


@dataclass(frozen=True, kw_only=True)
class SmtpRequest:
    """One mail to one recipient, and copies of it, by a tenant's own server.

    The reply for the recipient decides; a refused copy is left out. `message` is RFC 5322 bytes.
    `security` is how TLS starts: with the connection, or by STARTTLS.
    """

    host: str
    port: int
    security: Literal["tls", "starttls"]
    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    message: bytes = field(repr=False)
    copies: tuple[str, ...] = field(repr=False, default=())
    username: str = field(repr=False, default="")
    password: str = field(repr=False, default="")


@dataclass(frozen=True, kw_only=True)
class SesRequest:
    """The arguments of SES v2 SendEmail, called with this installation's own role."""

    arguments: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class SnsRequest:
    """The arguments of SNS Publish to a phone number, called with this installation's own role."""

    arguments: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class EventBridgeRequest:
    """One event for EventBridge's PutEvents in a region, by this installation's own role."""

    region: str
    entry: Mapping[str, str] = field(repr=False)

    @property
    def arguments(self) -> Mapping[str, Any]:
        return {"Entries": [self.entry]}


type Request = (
    HttpRequest
    | BearerRequest
    | AppriseRequest
    | SmtpRequest
    | SesRequest
    | SnsRequest
    | EventBridgeRequest
)


@dataclass(frozen=True, kw_only=True)
class Response:
    """A complete answer: header names in lower case, the body up to the request's limit.

    SMTP answers with its reply code as `status`, the command it replies to in the header
    `smtp-command`, and its text as the body. SES, SNS and EventBridge answer a refusal with its
    error as JSON `{"code", "message"}`. Apprise answers with the first refusal it met, or else
    the last answer; its header `apprise-notified` says whether Apprise called that a success.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class NoAnswer(Exception):
    """No complete answer came; `result` is the meaning of that for the delivery."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.code)
        self.result = result
