"""SMS by Twilio.

https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
https://www.twilio.com/docs/api/errors
"""

import base64
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field, model_validator

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import responses, sms, verdicts
from carillon.providers.provider import Provider
from carillon.providers.settings import Secret, Strict

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
_UNSENT = ("canceled", "failed", "undelivered")


class Settings(Strict):
    """`from` is a number, a short code or a name; a messaging service picks one itself."""

    account_sid: Annotated[str, Field(pattern=r"^AC[0-9a-fA-F]{32}$")]
    auth_token: Annotated[Secret, Field(pattern=r"^[\x21-\x7e]+$")]
    sender: (
        Annotated[str, Field(pattern=r"^(\+[1-9][0-9]{5,14}|[0-9]{3,8}|[A-Za-z0-9 _&+-]{1,11})$")]
        | None
    ) = Field(default=None, alias="from")
    messaging_service_sid: Annotated[str, Field(pattern=r"^MG[0-9a-fA-F]{32}$")] | None = None

    @model_validator(mode="after")
    def _has_a_sender(self) -> "Settings":
        if (self.sender is None) == (self.messaging_service_sid is None):
            raise ValueError("must have either from or messaging_service_sid")
        return self


def build(message: Message, address: sms.Address, settings: Settings) -> HttpRequest:
    phone = sms.number(address.phone)
    sender = {"From": settings.sender, "MessagingServiceSid": settings.messaging_service_sid}
    form = {
        "To": f"+{phone}",
        "Body": sms.text(message),
        **{name: value for name, value in sender.items() if value},
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
        body=urlencode(form).encode(),
    )


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
)
