"""WhatsApp Business, by Meta's Cloud API.

https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages
https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.markups import Markups
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import markup, payloads, responses, sms, verdicts
from carillon.providers.markups import cutting
from carillon.providers.markups.lookalikes import WHATSAPP
from carillon.providers.overriding import Json, Overrides
from carillon.providers.provider import Provider
from carillon.providers.settings import Secret, Strict

_LONGEST = 4_096
_DAY = 86_400.0

# By error code, since the status of an error varies.
# https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
_VERDICTS = verdicts.table(
    # Not on WhatsApp, old versions, terms not accepted (131026), opted out (131050), the business's
    # own number (131021), an experiment's group (130472): all may be otherwise tomorrow.
    (verdicts.PERSON, "131021 131026 131050 130403"),
    (verdicts.PLACE, "130497 131030"),  # a country, or a number that is not in the test list
    (verdicts.CREDENTIAL, "0 3 10 33 190 368 131005 131031 131042 131045 131064 133010 134011"),
    (verdicts.CREDENTIAL, " ".join(map(str, range(200, 300)))),
    (verdicts.BAD, "100 131008 131009 131037 131047 131051 131052 131053 132000 132001 132005"),
    (verdicts.BAD, "132007 132012 132015 132016 132018 132068 132069 135000"),
    (verdicts.RETRY, "1 2 4 80007 130429 131000 131016 131057 133004 133005 133006 133008 133009"),
    (verdicts.later(_DAY, verdicts.BUSY), "130472 131049"),  # Meta chose not to deliver now
    (verdicts.later(4 * 3_600.0), "131048"),  # rated as spam
    (verdicts.later(6.0, verdicts.BUSY), "131056"),  # one message per person in six seconds
)


class Settings(Strict):
    access_token: Annotated[Secret, Field(pattern=r"^[\x21-\x7e]+$")]
    phone_number_id: Annotated[str, Field(pattern=r"^[0-9]{1,30}$")]
    api_version: Annotated[str, Field(pattern=r"^v[0-9]{1,2}\.[0-9]$")] = "v23.0"


class WhatsAppOverrides(Overrides):
    """A template in place of the text, or whether links in the text are previewed."""

    template: Json | None = None
    preview_url: bool | None = None


def build(message: Message, address: sms.Address, settings: Settings) -> HttpRequest:
    phone = sms.number(address.phone)
    content = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": phone,
        **_content(message),
        "biz_opaque_callback_data": message.id,
    }
    return payloads.post(
        f"https://graph.facebook.com/{settings.api_version}/{settings.phone_number_id}/messages",
        content,
        {"authorization": f"Bearer {settings.access_token}"},
    )


def _content(message: Message) -> Mapping[str, Any]:
    """Return a text, or a template: all that is accepted a day after the person last wrote."""
    template = message.overrides.get("template")
    if isinstance(template, Mapping):
        return {"type": "template", "template": template}
    preview = message.overrides.get("preview_url") is True
    text = cutting.cut(markup.titled(message, "*"), _LONGEST, cutting.SIMPLE)
    return {"type": "text", "text": {"body": text, "preview_url": preview}}


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    response = responses.json_object(body)
    if (id := _message_id(response)) and responses.ok(status):
        return responses.result(Outcome.SENT, status, headers, message_id=id)
    error = response.get("error")
    code = error.get("code") if isinstance(error, Mapping) else None
    if isinstance(code, int) and str(code) in _VERDICTS:
        return responses.result(_VERDICTS[str(code)], status, headers, code=str(code))
    if responses.ok(status):
        if error:
            return responses.result(Outcome.BAD, status, headers, code="error")
        return responses.unreadable(status, headers)
    return responses.by_status(status, headers)


def _message_id(response: Mapping[str, Any]) -> str:
    messages = response.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else None
    id = first.get("id") if isinstance(first, Mapping) else None
    return id if isinstance(id, str) else ""


PROVIDER = Provider(
    id="whatsapp-business",
    channel=Channel.CHAT,
    settings=Settings,
    address=sms.Address,
    builder=build,
    classify=classify,
    overrides=WhatsAppOverrides,
    markups=Markups(text=WHATSAPP),
    visible=frozenset({"api_version", "phone_number_id"}),
    subscriber_field="phone",
)
