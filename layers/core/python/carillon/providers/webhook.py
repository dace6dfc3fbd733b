"""Generic webhooks: a signed POST of the event to the tenant's URL.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

import carillon
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import payloads, responses, signing
from carillon.providers.provider import Provider
from carillon.providers.settings import NoAddress, Strict, Url

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}\Z")
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,998}[\x21-\x7e])?\Z")
# Headers that we set, or that could smuggle a second request.
_DENIED = re.compile(
    r"(?:accept-encoding|connection|content-.*|expect|host|keep-alive|proxy-.*|te|trailer"
    r"|transfer-encoding|upgrade|user-agent|webhook-.*)\Z",
    re.IGNORECASE,
)


def _header_name(name: str) -> str:
    if not _NAME.match(name):
        raise ValueError("must be a header name")
    if _DENIED.match(name):
        raise ValueError("must not be a reserved header")
    return name


def _header_value(value: str) -> str:
    if not _VALUE.match(value):
        raise ValueError("must be printable ASCII, at most 1000 characters, without outer spaces")
    return value


type Headers = Annotated[
    dict[
        Annotated[str, AfterValidator(_header_name)], Annotated[str, AfterValidator(_header_value)]
    ],
    Field(max_length=20),
]


class Settings(Strict):
    """Requests are signed with both secrets during a rotation.

    `format` is the body: `event`, the default, has the data; `notice` has a title and a text.
    """

    url: Url
    secret: signing.SigningSecret
    previous_secret: signing.SigningSecret | None = None
    headers: Headers = Field(default_factory=dict)
    format: Literal["event", "notice"] | None = None


def build(
    message: Message,
    _address: NoAddress,
    settings: Settings,
) -> HttpRequest:
    body = _notice(message) if settings.format == "notice" else _event(message)
    headers = {
        **settings.headers,
        "accept": "*/*",
        "content-type": "application/json",
        "user-agent": f"Carillon/{carillon.__version__}",
        **signing.headers(message, body, (settings.secret, settings.previous_secret)),
    }
    return HttpRequest(method="POST", url=settings.url, headers=headers, body=body)


def _event(message: Message) -> bytes:
    happened = {"type": message.event, "timestamp": _occurred(message), "data": message.data}
    return payloads.encoded(happened)


def _notice(message: Message) -> bytes:
    """Write a notice; without a template its title is the event type and its text the data."""
    notice = {
        "id": message.id,
        "title": message.subject or message.event,
        "message": message.text or payloads.unescaped(message.data),
        "created_at": _occurred(message),
    }
    return payloads.encoded(notice)


def _occurred(message: Message) -> str:
    return message.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def classify(status: int, headers: Mapping[str, str], _body: bytes) -> Result:
    return responses.by_endpoint(status, headers)


PROVIDER = Provider(
    id="webhook",
    channel=Channel.WEBHOOK,
    settings=Settings,
    address=NoAddress,
    builder=build,
    classify=classify,
    drops_repeats=True,
    visible=frozenset({"format"}),
    credentials={"url": frozenset({"headers"})},
    complete=signing.with_secret,
)
