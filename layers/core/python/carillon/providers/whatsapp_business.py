"""WhatsApp Business, by Meta's Cloud API.

https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages
https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import markup, payloads, responses, sms
from carillon.providers.provider import Provider
from carillon.providers.settings import Secret, Strict

_LONGEST = 4_096
_DAY = 86_400.0

_LATER = (131048, 131049, 131056, 131057, 133004)
# By error code, since the status of an error varies.
_CODES: dict[Outcome, tuple[int, ...]] = {
    Outcome.RETRY: (1, 2, 4, 80007, 130429, 130472, 131000, 131016, *_LATER),
    Outcome.DEAD: (131021, 131026, 131030, 131050),
    Outcome.BAD: (100, 131008, 131009, 131047, 131051, *range(132000, 132017)),
    Outcome.CONFIG: (0, 3, 10, 190, *range(200, 300), 368, 131005, 131031, 131042, 133010),
}
_OUTCOMES = {code: outcome for outcome, codes in _CODES.items() for code in codes}
_WAITS = {
    130472: _DAY,  # Meta chose not to deliver now
    131049: _DAY,
    131048: 4 * 3_600.0,  # rated as spam
    131056: 6.0,  # one message per person in six seconds
}


class Settings(Strict):
    access_token: Annotated[Secret, Field(pattern=r"^[\x21-\x7e]+$")]
    phone_number_id: Annotated[str, Field(pattern=r"^[0-9]{1,30}$")]
    api_version: Annotated[str, Field(pattern=r"^v[0-9]{1,2}\.[0-9]$")] = "v23.0"


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
    text = markup.truncated(markup.titled(message, "*"), _LONGEST)
    return {"type": "text", "text": {"body": text, "preview_url": preview}}


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    response = responses.json_object(body)
    if (id := _message_id(response)) and responses.ok(status):
        return responses.result(Outcome.SENT, status, headers, message_id=id)
    error = response.get("error")
    code = error.get("code") if isinstance(error, Mapping) else None
    if isinstance(code, int) and not isinstance(code, bool) and code in _OUTCOMES:
        found = responses.result(_OUTCOMES[code], status, headers, code=str(code))
        return responses.with_wait(found, _WAITS.get(code))
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
    visible=frozenset({"api_version", "phone_number_id"}),
    subscriber_field="phone",
)
