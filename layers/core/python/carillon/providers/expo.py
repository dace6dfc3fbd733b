"""Expo push notifications: one message per request, answered by a ticket.

https://docs.expo.dev/push-notifications/sending-notifications/#http2-api
https://docs.expo.dev/push-notifications/sending-notifications/#individual-errors
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import payloads, responses, verdicts
from carillon.providers.overriding import Json, PushOverrides
from carillon.providers.provider import Provider
from carillon.providers.settings import Secret, Strict

_URL = "https://exp.host/--/api/v2/push/send"
_LARGEST = 4096  # bytes of the payload
# https://docs.expo.dev/push-notifications/sending-notifications/#individual-errors
_VERDICTS = verdicts.table(
    (verdicts.DEAD, "DeviceNotRegistered"),
    (
        verdicts.BAD,
        "MessageTooBig PUSH_TOO_MANY_NOTIFICATIONS PUSH_TOO_MANY_RECEIPTS VALIDATION_ERROR",
    ),
    (verdicts.CREDENTIAL, "InvalidCredentials UNAUTHORIZED"),
    # Of the FCM project: the token may be of another one, or the credentials.
    (verdicts.MEND, "MismatchSenderId PUSH_TOO_MANY_EXPERIENCE_IDS"),
    (verdicts.BUSY, "MessageRateExceeded"),  # to one device
    (verdicts.RETRY, "TOO_MANY_REQUESTS"),
)


class Settings(Strict):
    """`access_token` is required for projects with enhanced security."""

    access_token: Annotated[Secret, Field(pattern=r"^[\x21-\x7e]+$")] | None = None


class Address(Strict):
    device_token: Annotated[str, Field(min_length=1, max_length=300)]


class ExpoOverrides(PushOverrides):
    """Expo's own fields of a message, but the one that says where it goes."""

    title: str | None = None
    subtitle: str | None = None
    body: str | None = None
    data: Json | None = None
    sound: str | Json | None = None
    badge: int | None = None
    ttl: int | None = None
    expiration: int | None = None
    priority: Literal["default", "normal", "high"] | None = None
    interruption_level: Literal["active", "critical", "passive", "time-sensitive"] | None = Field(
        default=None, alias="interruptionLevel"
    )
    channel_id: str | None = Field(default=None, alias="channelId")
    category_id: str | None = Field(default=None, alias="categoryId")
    mutable_content: bool | None = Field(default=None, alias="mutableContent")
    content_available: bool | None = Field(default=None, alias="_contentAvailable")
    icon: str | None = None
    rich_content: Json | None = Field(default=None, alias="richContent")


def build(message: Message, address: Address, settings: Settings) -> HttpRequest:
    token = address.device_token
    words = {"title": message.subject, "body": message.text}
    content: dict[str, Any] = {name: text for name, text in words.items() if text}
    if message.data:
        content["data"] = dict(message.data)
    content |= payloads.overrides(message)
    if not content.keys() & {"title", "body"}:
        raise Invalid(FieldProblem(FieldName.TEXT, "must not be empty"))
    payloads.check_size(content, _LARGEST)  # the device token does not count
    token_header = (
        {"authorization": f"Bearer {settings.access_token}"} if settings.access_token else {}
    )
    headers = {"accept": "application/json", **token_header}
    return payloads.post(_URL, {**content, "to": token}, headers)


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    response = responses.json_object(body)
    if not responses.ok(status):
        code = _code(_first(response.get("errors")).get("code"))
        if code in _VERDICTS:
            return responses.result(_VERDICTS[code], status, headers, code=code)
        return responses.by_status(status, headers, code=code)
    if response.get("errors"):  # of the whole request, whatever the tickets say
        return _without_ticket(response, status, headers)
    data = response.get("data")
    ticket = data if isinstance(data, Mapping) else _first(data)
    if ticket.get("status") == "ok":
        id = ticket.get("id")
        return responses.result(
            Outcome.SENT, status, headers, message_id=id if isinstance(id, str) else ""
        )
    if ticket.get("status") != "error":
        return _without_ticket(response, status, headers)
    details = ticket.get("details")
    code = _code(details.get("error")) if isinstance(details, Mapping) else ""
    verdict = _VERDICTS.get(code, verdicts.BAD)
    return responses.result(verdict, status, headers, code=code or "error")


def _without_ticket(response: Mapping[str, Any], status: int, headers: Mapping[str, str]) -> Result:
    """Classify a 200 without a usable ticket, which may carry errors of the whole request."""
    code = _code(_first(response.get("errors")).get("code"))
    if code:
        return responses.result(_VERDICTS.get(code, verdicts.BAD), status, headers, code=code)
    return responses.unreadable(status, headers)


def _first(items: object) -> Mapping[str, Any]:
    first = items[0] if isinstance(items, list) and items else None
    return first if isinstance(first, Mapping) else {}


def _code(code: object) -> str:
    known = isinstance(code, str) and code.isascii() and code.isidentifier()
    return str(code)[:60] if known else ""


PROVIDER = Provider(
    id="expo",
    channel=Channel.PUSH,
    settings=Settings,
    address=Address,
    builder=build,
    classify=classify,
    overrides=ExpoOverrides,
)
