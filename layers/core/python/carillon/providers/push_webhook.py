"""Push by the tenant's own service: a signed POST for each device token.

The body is that of Novu's push webhook; the signature is that of Standard Webhooks, which unlike
Novu's own cannot be replayed later. `novu_signature` adds Novu's for receivers that check it.

https://docs.novu.co/platform/integrations/push/push-webhook
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from carillon import __version__
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Problem
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import answers, posting, signing
from carillon.providers.settings import Strict, Url, parsed, prepared, problems

channel = Channel.PUSH
visible = frozenset({"novu_signature"})
subscriber_field: str | None = None


class Settings(Strict):
    """While a secret is rotated, the previous one signs too."""

    url: Url
    secret: signing.SigningSecret
    previous_secret: signing.SigningSecret | None = None
    novu_signature: bool = False


class Address(Strict):
    device_token: Annotated[str, Field(min_length=1, max_length=4096)]


def check(settings: Mapping[str, Any]) -> Sequence[Problem]:
    return problems(Settings, signing.with_secret(settings))


def prepare(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    return prepared(Settings, signing.with_secret(settings))


def build(message: Message, address: Mapping[str, str], settings: Mapping[str, Any]) -> HttpRequest:
    own = parsed(Settings, settings, "settings")
    token = parsed(Address, address, "address").device_token
    posting.titled(message, "")  # an empty one is never sent
    body = posting.encoded(
        {
            "target": [token],
            "title": message.subject,
            "content": message.text,
            "overrides": dict(message.overrides),
            "payload": dict(message.data),
        }
    )
    headers = {
        "content-type": "application/json",
        "user-agent": f"Carillon/{__version__}",
        **signing.headers(message, body, (own.secret, own.previous_secret)),
    }
    if own.novu_signature:
        headers["x-novu-signature"] = hmac.digest(own.secret.encode(), body, hashlib.sha256).hex()
    return HttpRequest(method="POST", url=own.url, headers=headers, body=body)


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    """410 says that the device is gone; an id in the answer is kept."""
    id = answers.json_object(body).get("id")
    if answers.ok(status):
        known = id if isinstance(id, str) else ""
        return answers.result(Outcome.SENT, status, headers, message_id=known)
    if status == 410:  # noqa: PLR2004 - a status
        return answers.result(Outcome.DEAD, status, headers)
    return answers.by_status(status, headers)
