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
from carillon.providers import responses, sms
from carillon.providers.provider import Provider
from carillon.providers.settings import Secret, Strict

_HOUR = 3_600.0

# By error code, since most errors have status 400.
_CODES: dict[Outcome, tuple[int, ...]] = {
    # Rate limits, a full queue, an exhausted daily quota.
    Outcome.RETRY: (14107, 20429, 20500, 20503, 21611, 30001, 30022, 30023, 63038),
    # Not a mobile phone: no number at all, a landline, a short code.
    Outcome.DEAD: (21211, 21214, 21217, 21265, 21614, 21635, 30005, 30006),
    # The credentials or the account (10001, 20xxx, 30002), the sender (the others).
    Outcome.CONFIG: (
        *(10001, 20003, 20005, 20006, 20008, 20403, 20404, 30002, 30032, 30034),
        *(21212, 21603, 21606, 21659, 21660, 21661, 21701, 21702, 21703, 21704, 21705),
    ),
    # 21610 is not DEAD: a phone that opted out may send START, and Twilio would not tell us. 21408
    # and 21612 concern one country and 21608 one number of a trial account, not the integration.
    Outcome.BAD: (21266, 21408, 21602, 21604, 21605, 21608, 21610, 21612, 21617, 21619, 30007),
}
_OUTCOMES = {code: outcome for outcome, codes in _CODES.items() for code in codes}
_WAITS = {21611: 60.0, 30023: _HOUR, 63038: _HOUR}
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
            return _sorted(response.get("error_code"), status, headers)
        if (id := response.get("sid")) and isinstance(id, str):
            return responses.result(Outcome.SENT, status, headers, message_id=id)
        return responses.unreadable(status, headers)
    code = response.get("code")
    if isinstance(code, int) and not isinstance(code, bool) and code in _OUTCOMES:
        return _sorted(code, status, headers)
    return responses.by_status(status, headers)


def _sorted(code: object, status: int, headers: Mapping[str, str]) -> Result:
    known = isinstance(code, int) and not isinstance(code, bool) and code in _OUTCOMES
    if not known or not isinstance(code, int):
        return responses.result(Outcome.BAD, status, headers, code="not_sent")
    found = responses.result(_OUTCOMES[code], status, headers, code=str(code))
    return responses.with_wait(found, _WAITS.get(code))


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
