"""Apprise: one provider for the long tail of services, whose address is one of its URLs.

As good as the library is: there is no id of the message, and what it takes for success is believed.
Services that have a provider of their own here are better served by that.

https://github.com/caronc/apprise/wiki
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid, Problem
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import AppriseRequest
from carillon.providers import responses
from carillon.providers.provider import Provider
from carillon.providers.settings import Strict

# Those that speak HTTP and nothing else, read no file and do not sleep; a test holds them to it.
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
        raise ValueError(
            "must start with the scheme of a service that is allowed, such as tgram://"
        )
    if not text.isprintable():
        raise ValueError("has a character that no URL has")
    return text


type AppriseUrl = Annotated[str, Field(max_length=2048), AfterValidator(_url)]


class Settings(Strict):
    """`webhook_url` is where messages go that have no address of their own."""

    webhook_url: AppriseUrl | None = None


class Address(Strict):
    webhook_url: AppriseUrl


def build(message: Message, address: Address, _settings: Settings) -> AppriseRequest:
    if not (message.subject or message.text):
        raise Invalid(Problem("text", "is empty"))
    # A message needs a body; a title without one is one.
    title, body = (message.subject, message.text) if message.text else ("", message.subject)
    return AppriseRequest(url=address.webhook_url, title=title, body=body)


def classify(status: int, headers: Mapping[str, str], _body: bytes) -> Result:
    """A refusal by its status; a 2xx that the library finds fault with is not called sent."""
    found = responses.by_status(status, headers, gone=Outcome.BAD)
    if found.outcome is Outcome.SENT and headers.get("apprise-notified") != "yes":
        return responses.result(Outcome.RETRY, status, headers, code="not_notified")
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
