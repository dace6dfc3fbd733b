"""The tenant's own push service: a signed POST for each device token.

The body is that of Novu's push webhook. The signature is that of Standard Webhooks, which unlike
Novu's has a timestamp against replays; `novu_signature` adds Novu's for receivers that check it.

https://docs.novu.co/platform/integrations/push/push-webhook
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from carillon import __version__
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import markup, payloads, responses, signing
from carillon.providers.overriding import AnyPushOverrides
from carillon.providers.provider import Provider
from carillon.providers.settings import Strict, Url


class Settings(Strict):
    """Requests are signed with both secrets during a rotation."""

    url: Url
    secret: signing.SigningSecret
    previous_secret: signing.SigningSecret | None = None
    novu_signature: bool = False


class Address(Strict):
    device_token: Annotated[str, Field(min_length=1, max_length=4096)]


def build(message: Message, address: Address, settings: Settings) -> HttpRequest:
    token = address.device_token
    markup.titled(message, "")  # raises Invalid for an empty message
    body = payloads.encoded(
        {
            "target": [token],
            "title": message.subject,
            "content": message.text,
            "overrides": payloads.overrides(message),
            "payload": dict(message.data),
        }
    )
    headers = {
        "content-type": "application/json",
        "user-agent": f"Carillon/{__version__}",
        **signing.headers(message, body, (settings.secret, settings.previous_secret)),
    }
    if settings.novu_signature:
        headers["x-novu-signature"] = hmac.digest(
            settings.secret.encode(), body, hashlib.sha256
        ).hex()
    return HttpRequest(method="POST", url=settings.url, headers=headers, body=body)


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    """Classify as for any endpoint: 410 means that the device is gone. Keep the id of a success."""
    id = responses.json_object(body).get("id")
    if responses.ok(status):
        known = id if isinstance(id, str) else ""
        return responses.result(Outcome.SENT, status, headers, message_id=known)
    return responses.by_endpoint(status, headers)


PROVIDER = Provider(
    id="push-webhook",
    channel=Channel.PUSH,
    settings=Settings,
    address=Address,
    builder=build,
    classify=classify,
    drops_repeats=True,
    overrides=AnyPushOverrides,
    visible=frozenset({"novu_signature"}),
    complete=signing.with_secret,
)
