"""SMS by Amazon SNS, with this installation's role.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
https://docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Result
from carillon.domain.delivery.transport import SnsRequest
from carillon.providers import responses, sms, verdicts
from carillon.providers.provider import Provider
from carillon.providers.settings import Strict

# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors
# https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html
_VERDICTS = verdicts.table(
    (verdicts.RETRY, "InternalError InternalFailure RequestExpired ServiceUnavailable Throttled"),
    (verdicts.RETRY, "ThrottledException Throttling ThrottlingException"),
    (verdicts.RETRY, "ExpiredToken ExpiredTokenException"),  # renewed by the next call
    (
        verdicts.CREDENTIAL,
        "AccessDenied AccessDeniedException AuthorizationError AuthorizationErrorException",
        "IncompleteSignature InvalidClientTokenId InvalidSecurity InvalidSecurityException",
        "MissingAuthenticationToken NotAuthorized OptInRequired SignatureDoesNotMatch",
        "UnrecognizedClientException",
    ),
    # A phone that opted out may opt in again, and SNS would not tell us.
    (verdicts.PERSON, "OptedOut OptedOutException"),
    (
        verdicts.BAD,
        "InvalidParameter InvalidParameterException InvalidParameterValueException",
        "ParameterValueInvalid UserError UserErrorException ValidationError ValidationException",
    ),
)
# The invalid parameter, found by a word in the message: SNS has no code for it.
_ABOUT = (
    ("phonenumber", verdicts.PERSON),
    ("origination", verdicts.CREDENTIAL),
    ("senderid", verdicts.CREDENTIAL),
)


type SenderId = Annotated[str, Field(pattern=r"^[0-9]*[A-Za-z][A-Za-z0-9]*$", max_length=11)]


class Settings(Strict):
    """Without a sender SNS picks a number of the account, or a shared one.

    `max_price` is the most that one message may cost, in USD.
    """

    sender_id: SenderId | None = None
    origination_number: Annotated[str, Field(pattern=r"^\+?[0-9]{3,15}$")] | None = None
    type: Literal["Transactional", "Promotional"] = "Transactional"
    max_price: Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,5})?$")] | None = None


def build(message: Message, address: sms.Address, settings: Settings) -> SnsRequest:
    phone = sms.number(address.phone)
    sender_id, number = _senders(message, settings)
    attributes = {
        "AWS.SNS.SMS.SMSType": _attribute(settings.type),
        "AWS.SNS.SMS.SenderID": _attribute(sender_id),
        "AWS.SNS.SMS.MaxPrice": _attribute(settings.max_price, "Number"),
        "AWS.MM.SMS.OriginationNumber": _attribute(number),
    }
    return SnsRequest(
        arguments={
            "PhoneNumber": f"+{phone}",
            "Message": sms.text(message),
            "MessageAttributes": {name: value for name, value in attributes.items() if value},
        }
    )


def sends_as(_settings: Settings, _sender: str) -> bool:
    """Leave it to the tenant's record: the account has the names and numbers of all tenants."""
    return False


def shared_senders(settings: Settings) -> Mapping[str, str]:
    own = {"sender_id": settings.sender_id, "origination_number": settings.origination_number}
    return {name: sender for name, sender in own.items() if sender}


def _senders(message: Message, settings: Settings) -> tuple[str | None, str | None]:
    """Return the sender's name and number; a caller chooses one of the two."""
    match message.overrides.get("from"):
        case None:
            return settings.sender_id, settings.origination_number
        case chosen if chosen.removeprefix("+").isdigit():
            return None, chosen
        case chosen:
            return chosen, None


def _attribute(value: str | None, kind: str = "String") -> Mapping[str, str]:
    return {"DataType": kind, "StringValue": value} if value else {}


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    """Classify a response; SENT means accepted, since SNS reports deliveries only to its logs."""
    response = responses.json_object(body)
    found = responses.by_aws(status, headers, response, id="MessageId", meanings=_VERDICTS)
    if _VERDICTS.get(found.code) is not verdicts.BAD:
        return found
    words = str(response.get("message", "")).lower()
    about = next((meant for word, meant in _ABOUT if word in words), verdicts.BAD)
    return responses.result(about, status, headers, code=found.code)


PROVIDER = Provider(
    id="sns",
    channel=Channel.SMS,
    settings=Settings,
    address=sms.Address,
    builder=build,
    classify=classify,
    visible=frozenset({"max_price", "origination_number", "sender_id", "type"}),
    subscriber_field="phone",
    overrides=sms.SmsOverrides,
    sends_as=sends_as,
    shared_senders=shared_senders,
    parts=lambda message: sms.parts(sms.text(message)),
)
