"""SMS by Twilio.

https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
https://www.twilio.com/docs/api/errors
"""

import base64
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import BeforeValidator, Field, model_validator

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import responses, sms, verdicts
from carillon.providers.provider import Provider
from carillon.providers.settings import Secret, Strict, Url

_HOUR = 3_600.0

# By error code, since most errors have status 400: https://www.twilio.com/docs/api/errors
_VERDICTS = verdicts.table(
    # No mobile phone: a landline, a short code.
    (verdicts.DEAD, "21265 21614 21635"),
    # A number that cannot be reached, was mistyped, or is unknown to its carrier today. A phone
    # that opted out may send START, and Twilio would not tell us.
    (verdicts.PERSON, "21211 21214 21217 21610 30003 30004 30005 30006 63024"),
    # One country, or one number of a trial account, that somebody can allow.
    (verdicts.PLACE, "21408 21608 21612 30036 60410"),
    # The credentials or the account (1xxxx, 20xxx, 30002), the sender (the others).
    (
        verdicts.CREDENTIAL,
        "10001 20003 20005 20006 20008 20403 20404 30002 30010 30032 30034",
        "21212 21603 21606 21607 21659 21660 21661 21701 21702 21703 21704 21705 63007",
    ),
    (verdicts.BAD, "21266 21602 21604 21605 21617 21619 21620 21623 21654 30007 30019"),
    # Rate limits, a full queue, an exhausted daily quota.
    (verdicts.RETRY, "14107 20429 20500 20503 30001 30008 30022"),
    (verdicts.later(60.0), "21611"),
    (verdicts.later(_HOUR), "30023 63038"),
)
_APPLIED_ELSEWHERE = frozenset({"from", "messaging_service_sid", "text", "to"})
_UNSENT = ("canceled", "failed", "undelivered")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


type Sender = Annotated[
    str, Field(pattern=r"^(\+[1-9][0-9]{5,14}|[0-9]{3,8}|[A-Za-z0-9 _&+-]{1,11})$")
]
type Service = Annotated[str, Field(pattern=r"^MG[0-9a-fA-F]{32}$")]


class Settings(Strict):
    """`from` is a number, a short code or a name; a messaging service picks one itself."""

    account_sid: Annotated[str, Field(pattern=r"^AC[0-9a-fA-F]{32}$")]
    auth_token: Annotated[Secret, Field(pattern=r"^[\x21-\x7e]+$")]
    sender: Sender | None = Field(default=None, alias="from")
    messaging_service_sid: Service | None = None

    @model_validator(mode="after")
    def _has_a_sender(self) -> "Settings":
        if (self.sender is None) == (self.messaging_service_sid is None):
            raise ValueError("must have either from or messaging_service_sid")
        return self


class TwilioOverrides(sms.SmsOverrides):
    """Twilio's own parameters of a message, but those that put it off or test it.

    https://www.twilio.com/docs/messaging/api/message-resource#request-body-parameters
    """

    sender: Sender | None = Field(default=None, alias="from")
    messaging_service_sid: Service | None = None
    media_url: Annotated[tuple[Url, ...], BeforeValidator(_listed), Field(max_length=10)] = ()
    status_callback: Url | None = None
    application_sid: Annotated[str, Field(pattern=r"^AP[0-9a-fA-F]{32}$")] | None = None
    content_sid: Annotated[str, Field(pattern=r"^HX[0-9a-fA-F]{32}$")] | None = None
    content_variables: Annotated[str, Field(max_length=16_384)] | None = None
    validity_period: Annotated[int, Field(ge=1, le=36_000)] | None = None
    attempt: Annotated[int, Field(ge=1, le=100)] | None = None
    content_retention: Literal["retain", "discard"] | None = None
    address_retention: Literal["retain", "obfuscate"] | None = None
    risk_check: Literal["enable", "disable"] | None = None
    provide_feedback: bool | None = None
    smart_encoded: bool | None = None
    shorten_urls: bool | None = None
    send_as_mms: bool | None = None
    force_delivery: bool | None = None
    persistent_action: tuple[Annotated[str, Field(max_length=1_600)], ...] = ()


def build(message: Message, address: sms.Address, settings: Settings) -> HttpRequest:
    phone = sms.number(address.phone)
    form = {
        "To": f"+{phone}",
        "Body": sms.text(message),
        **_sender(message, settings),
        **_parameters(message),
    }
    credentials = base64.b64encode(
        f"{settings.account_sid}:{settings.auth_token}".encode()
    ).decode()
    return HttpRequest(
        method="POST",
        url=f"https://api.twilio.com/2010-04-01/Accounts/{settings.account_sid}/Messages.json",
        headers={
            "authorization": f"Basic {credentials}",
            "content-type": "application/x-www-form-urlencoded",
        },
        body=urlencode(form, doseq=True).encode(),
    )


def _sender(message: Message, settings: Settings) -> Mapping[str, str]:
    """Return the sender, which a caller may choose; one of a messaging service's keeps that."""
    service = message.overrides.get("messaging_service_sid") or settings.messaging_service_sid
    chosen = message.overrides.get("from")
    sender = chosen or (None if service else settings.sender)
    given = {"From": sender, "MessagingServiceSid": service}
    return {name: value for name, value in given.items() if value}


def _parameters(message: Message) -> Mapping[str, Any]:
    """Return the other overrides as Twilio writes them: `MediaUrl`, `true`."""
    others = message.overrides.keys() - _APPLIED_ELSEWHERE
    return {
        name.title().replace("_", ""): str(value).lower() if isinstance(value, bool) else value
        for name in sorted(others)
        if (value := message.overrides[name]) not in (None, ())
    }


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    """Classify a response; SENT means queued: Twilio reports deliveries only to a callback."""
    response = responses.json_object(body)
    if responses.ok(status):
        if response.get("status") in _UNSENT:
            code = _known(response.get("error_code"))
            verdict = _VERDICTS[code] if code else verdicts.BAD
            return responses.result(verdict, status, headers, code=code or "not_sent")
        if (id := response.get("sid")) and isinstance(id, str):
            return responses.result(Outcome.SENT, status, headers, message_id=id)
        return responses.unreadable(status, headers)
    if code := _known(response.get("code")):
        return responses.result(_VERDICTS[code], status, headers, code=code)
    return responses.by_status(status, headers)


def _known(code: object) -> str:
    return str(code) if isinstance(code, int) and str(code) in _VERDICTS else ""


PROVIDER = Provider(
    id="twilio",
    channel=Channel.SMS,
    settings=Settings,
    address=sms.Address,
    builder=build,
    classify=classify,
    visible=frozenset({"account_sid", "from", "messaging_service_sid"}),
    subscriber_field="phone",
    overrides=TwilioOverrides,
)
