"""Email by Amazon SES, with this installation's role.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import File, Message
from carillon.domain.delivery.deliveries import Result
from carillon.domain.delivery.transport import SesRequest
from carillon.providers import mail, responses, verdicts
from carillon.providers.mail_overrides import Mail, MailOverrides, composed
from carillon.providers.provider import Provider
from carillon.providers.settings import Strict

_NOT_IN_TAGS = re.compile(r"[^A-Za-z0-9_.@-]")
_LATER = 900.0  # seconds: somebody has to end a pause
_HOUR = 3_600.0  # seconds: the daily quota is a rolling window

# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/CommonErrors.html
_VERDICTS = verdicts.table(
    (
        verdicts.RETRY,
        "InternalFailure InternalServiceErrorException RequestExpired ServiceUnavailable",
        "Throttling ThrottlingException TooManyRequestsException",
    ),
    (verdicts.RETRY, "ExpiredToken ExpiredTokenException"),  # renewed by the next call
    (verdicts.later(_LATER), "SendingPausedException"),
    (verdicts.later(_HOUR), "LimitExceededException"),
    (
        verdicts.CREDENTIAL,
        "AccessDenied AccessDeniedException AccountSuspendedException IncompleteSignature",
        "InvalidClientTokenId InvalidSignatureException MailFromDomainNotVerifiedException",
        "MissingAuthenticationToken NotAuthorized NotFoundException OptInRequired",
        "SignatureDoesNotMatch UnrecognizedClientException",
    ),
    (verdicts.BAD, "BadRequestException MessageRejected ValidationError ValidationException"),
)


type Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Settings(Strict):
    """`tenant_name` is an SES tenant, with its own reputation and suppression list."""

    sender: mail.Mailbox = Field(alias="from")
    reply_to: mail.Mailbox | None = None
    configuration_set: Name | None = None
    tenant_name: Name | None = None


def build(message: Message, address: mail.Address, settings: Settings) -> SesRequest:
    """Build a call for one recipient and the copies: one bad address rejects the whole call."""
    sent = composed(message, address, settings)
    arguments: dict[str, Any] = {
        "FromEmailAddress": sent.sender,
        "Destination": _destination(sent.envelope),
        "Content": {"Simple": _content(sent)},
        "EmailTags": [{"Name": "delivery", "Value": _NOT_IN_TAGS.sub("_", message.id)[:256]}],
    }
    optional = {
        "ReplyToAddresses": list(sent.reply_to),
        "ConfigurationSetName": settings.configuration_set,
        "TenantName": settings.tenant_name,
    }
    given = {name: value for name, value in optional.items() if value}
    return SesRequest(arguments=arguments | given)


def _destination(envelope: mail.Envelope) -> Mapping[str, Any]:
    lists = {"ToAddresses": envelope.to, "CcAddresses": envelope.cc, "BccAddresses": envelope.bcc}
    return {name: list(addresses) for name, addresses in lists.items() if addresses}


def _content(sent: Mail) -> Mapping[str, Any]:
    headers = [{"Name": name, "Value": value} for name, value in sent.headers.items()]
    content = {"Subject": _text(sent.subject), "Body": _body(sent)}
    parts = {"Headers": headers, "Attachments": [_attachment(file) for file in sent.files]}
    return {**content, **{name: part for name, part in parts.items() if part}}


def _attachment(file: File) -> Mapping[str, Any]:
    found = {
        "RawContent": file.content,
        "FileName": file.name,
        "ContentType": file.mime,
        "ContentDisposition": "INLINE" if file.inline else "ATTACHMENT",
        "ContentTransferEncoding": "BASE64",
    }
    return {**found, **({"ContentId": file.content_id} if file.content_id else {})}


def _body(sent: Mail) -> Mapping[str, Any]:
    parts = {"Html": _text(sent.html)} if sent.html else {}
    return parts if parts and not sent.text else {"Text": _text(sent.text), **parts}


def _text(text: str) -> Mapping[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


def sends_as(_settings: Settings, _sender: str) -> bool:
    """Leave it to the tenant's record: the role may send as every verified address there is."""
    return False


def shared_senders(settings: Settings) -> Mapping[str, str]:
    return {"from": mail.bare(settings.sender)}


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    response = responses.json_object(body)
    found = responses.by_aws(status, headers, response, id="MessageId", meanings=_VERDICTS)
    words = str(response.get("message", "")).lower()
    if found.code == "MessageRejected" and "not verified" in words:
        # The sender, or in the sandbox this recipient: SES does not say which.
        return responses.result(verdicts.MEND, status, headers, code=found.code)
    if found.code == "MessageRejected" and "paused" in words:
        return responses.result(verdicts.later(_LATER), status, headers, code=found.code)
    return responses.with_wait(found, _HOUR if "daily" in words else None)


PROVIDER = Provider(
    id="ses",
    channel=Channel.EMAIL,
    settings=Settings,
    address=mail.Address,
    builder=build,
    classify=classify,
    visible=frozenset({"from", "reply_to", "configuration_set", "tenant_name"}),
    subscriber_field="email",
    overrides=MailOverrides,
    sends_as=sends_as,
    shared_senders=shared_senders,
)
