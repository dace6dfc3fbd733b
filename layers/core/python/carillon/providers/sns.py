"""Text messages by Amazon SNS, with this installation's own role.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
https://docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import SnsRequest
from carillon.providers import responses, sms
from carillon.providers.provider import Provider
from carillon.providers.settings import Strict

_OUTCOMES = {
    "InternalError": Outcome.RETRY,
    "InternalFailure": Outcome.RETRY,
    "ServiceUnavailable": Outcome.RETRY,
    "Throttled": Outcome.RETRY,
    "Throttling": Outcome.RETRY,
    "ThrottlingException": Outcome.RETRY,
    "ExpiredToken": Outcome.RETRY,  # the role's own, renewed by the next call
    "AccessDenied": Outcome.CONFIG,
    "AccessDeniedException": Outcome.CONFIG,
    "AuthorizationError": Outcome.CONFIG,
    "InvalidClientTokenId": Outcome.CONFIG,
    "InvalidSecurity": Outcome.CONFIG,
    "OptInRequired": Outcome.CONFIG,
    "SignatureDoesNotMatch": Outcome.CONFIG,
    "UnrecognizedClientException": Outcome.CONFIG,
    # Not dead: who opted out may opt in again, and nobody would tell us.
    "OptedOut": Outcome.BAD,
    "InvalidParameter": Outcome.BAD,
    "ParameterValueInvalid": Outcome.BAD,
    "UserError": Outcome.BAD,
    "ValidationException": Outcome.BAD,
}
# What of a request is wrong, by a word of the reason that SNS gives in its text alone.
_ABOUT = (
    ("phonenumber", Outcome.DEAD),
    ("origination", Outcome.CONFIG),
    ("senderid", Outcome.CONFIG),
)


type SenderId = Annotated[str, Field(pattern=r"^[0-9]*[A-Za-z][A-Za-z0-9]*$", max_length=11)]


class Settings(Strict):
    """Without a sender SNS takes one of the account's own numbers, or a shared one.

    `max_price` is in USD, for one message: SNS sends none that would cost more.
    """

    sender_id: SenderId | None = None
    origination_number: Annotated[str, Field(pattern=r"^\+?[0-9]{3,15}$")] | None = None
    type: Literal["Transactional", "Promotional"] = "Transactional"
    max_price: Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,5})?$")] | None = None


def build(message: Message, address: sms.Address, settings: Settings) -> SnsRequest:
    phone = sms.number(address.phone)
    attributes = {
        "AWS.SNS.SMS.SMSType": _attribute(settings.type),
        "AWS.SNS.SMS.SenderID": _attribute(settings.sender_id),
        "AWS.SNS.SMS.MaxPrice": _attribute(settings.max_price, "Number"),
        "AWS.MM.SMS.OriginationNumber": _attribute(settings.origination_number),
    }
    return SnsRequest(
        arguments={
            "PhoneNumber": f"+{phone}",
            "Message": sms.text(message),
            "MessageAttributes": {name: value for name, value in attributes.items() if value},
        }
    )


def _attribute(value: str | None, kind: str = "String") -> Mapping[str, str]:
    return {"DataType": kind, "StringValue": value} if value else {}


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    """What is sent has been taken to be sent: whether it arrived, SNS tells its logs alone."""
    response = responses.json_object(body)
    found = responses.by_aws(status, headers, response, id="MessageId", outcomes=_OUTCOMES)
    if found.code == "OptedOut" or _OUTCOMES.get(found.code) is not Outcome.BAD:
        return found
    words = str(response.get("message", "")).lower()
    about = next((meant for word, meant in _ABOUT if word in words), Outcome.BAD)
    return replace(found, outcome=about)


PROVIDER = Provider(
    id="sns",
    channel=Channel.SMS,
    settings=Settings,
    address=sms.Address,
    builder=build,
    classify=classify,
    visible=frozenset({"max_price", "origination_number", "sender_id", "type"}),
    subscriber_field="phone",
)
