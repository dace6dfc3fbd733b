"""What leaves for an outside service and what comes back, whatever the provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from carillon.domain.delivery.deliveries import Result


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """`repr` shows no URL, header or body: in chat and webhooks each of them is a secret."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    body: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, kw_only=True)
class Http2Request(HttpRequest):
    """Goes by HTTP/2, on a connection that only requests with the same `pool` share."""

    pool: str = ""


@dataclass(frozen=True, kw_only=True)
class BearerRequest:
    """A request that needs an access token, which the answer to `grant` holds (RFC 6749, 4.4).

    The same grant has the same token until that expires.
    """

    request: HttpRequest
    grant: HttpRequest


@dataclass(frozen=True, kw_only=True)
class AppriseRequest:
    """What the library of that name brings to one of its URLs, by requests of its own making."""

    url: str = field(repr=False)
    title: str = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class SmtpRequest:
    """One mail to one recipient, and copies of it, through a tenant's own server.

    What becomes of it is the recipient's reply; who does not take a copy gets none. `message` is
    RFC 5322 bytes. `security` is how TLS starts: with the connection, or by STARTTLS.
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
    """A complete answer: header names in lower case, at most 64 KiB of body.

    SMTP answers with its reply code as `status`, the command it replies to in the header
    `smtp-command`, and its text as the body. SES, SNS and EventBridge answer a refusal with its
    error as JSON `{"code", "message"}`. Apprise answers with the first refusal it met, or else
    the last answer; the header `apprise-notified` says whether it took that for success.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class NoAnswer(Exception):
    """No complete answer came; the result says what that means for the delivery."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.code)
        self.result = result
