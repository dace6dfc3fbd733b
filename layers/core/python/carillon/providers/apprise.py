"""Apprise, a library for the long tail of services; the address is an Apprise URL.

It returns no message ids, and its idea of success has to be trusted: prefer a provider of our own
where there is one.

It is told that a message is text, or HTML where the template has that, and converts it to what the
service reads.

https://github.com/caronc/apprise/wiki
https://github.com/caronc/apprise/wiki/Development_API#message-types-and-themes
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.network import NOT_PUBLIC, is_public_url
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import AppriseRequest
from carillon.providers import responses, verdicts
from carillon.providers.provider import Provider
from carillon.providers.settings import Strict

# Plugins that only use HTTP, read no file and do not sleep, which a test checks.
_SCHEMES = """
    apprises barks betterstack brevo bulksms bulkvs burstsms clickatell clicksend d7sms dingtalk
    feishu flock forms freemobile gchat goalerts gotifys hassios ifttt infobip join json jsons
    kavenegar lark line mailgun mmosts msg91 msgbird nctalks nexmo notifiarr ntfy ntfys octopush
    onesignal opsgenie pagerduty pagertree pbul plivo postmark pover prowl pushdeers pushed
    pushplus pushy resend ringc rockets sendgrid seven signals sinch smtp2go sparkpost splunk
    spugpush synologys tgram telnyx threema twilio twist viber voipms vonage webex whapi wxteams
    xmls zulip
"""
SCHEMES = frozenset(_SCHEMES.split())


def _url(text: str) -> str:
    scheme, separator, _ = text.partition("://")
    if not separator or scheme.lower() not in SCHEMES:
        raise ValueError("must start with the scheme of an allowed service, such as tgram://")
    if not text.isprintable():
        raise ValueError("must not contain unprintable characters")
    if not is_public_url(text):
        raise ValueError(NOT_PUBLIC)
    return text


type AppriseUrl = Annotated[str, Field(max_length=2048), AfterValidator(_url)]


class Settings(Strict):
    """`webhook_url` is the default for messages without an address."""

    webhook_url: AppriseUrl | None = None


class Address(Strict):
    webhook_url: AppriseUrl


def build(message: Message, address: Address, _settings: Settings) -> AppriseRequest:
    if not (message.subject or message.text):
        raise Invalid(FieldProblem(FieldName.TEXT, "must not be empty"))
    # Apprise requires a body, so a title without text is sent as the body.
    title, body = (message.subject, message.text) if message.text else ("", message.subject)
    if message.html:
        title, body = message.subject, message.html
    return AppriseRequest(
        url=address.webhook_url, title=title, body=body, is_html=bool(message.html)
    )


def classify(status: int, headers: Mapping[str, str], _body: bytes) -> Result:
    """Go by the status, but do not call a 2xx sent if the library reports a failure."""
    found = responses.by_address(status, headers)
    if found.outcome is Outcome.SENT and headers.get("apprise-notified") != "yes":
        return responses.result(Outcome.RETRY, status, headers, code="not_notified")
    if found.outcome is Outcome.DEAD:  # each service means something else by 410
        return responses.result(verdicts.PLACE, status, headers)
    return found


PROVIDER = Provider(
    id="apprise",
    channel=Channel.OTHER,
    settings=Settings,
    address=Address,
    builder=build,
    classify=classify,
    default_address=lambda settings: {"webhook_url": settings.webhook_url},
)
