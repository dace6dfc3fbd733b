"""Ryver, by inbound webhook, in its own format or in Slack's.

https://support.ryver.com/articles/inbound-webhooks
"""

from collections.abc import Mapping
from typing import Any, Literal

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import incoming_webhooks, markup, payloads, responses
from carillon.providers.provider import Provider

_LONGEST = 8_000
_SENDER = {"displayName": "Carillon", "avatar": None}


class Settings(incoming_webhooks.Settings):
    """`format` is the one chosen for the webhook in Ryver."""

    format: Literal["ryver", "slack"] = "ryver"


def build(message: Message, address: incoming_webhooks.Address, settings: Settings) -> HttpRequest:
    text = markup.truncated(markup.titled(message, "**"), _LONGEST)
    content: Mapping[str, Any] = {"text": text}
    if settings.format == "ryver":
        source = payloads.overrides(message, frozenset({"createSource"}))
        content = {"body": text, "createSource": _SENDER, **source}
    return payloads.post(address.webhook_url, content)


def classify(status: int, headers: Mapping[str, str], _body: bytes) -> Result:
    """Classify by status alone: Ryver documents no response body."""
    return responses.by_address(status, headers)


PROVIDER = Provider(
    id="ryver",
    channel=Channel.CHAT,
    settings=Settings,
    address=incoming_webhooks.Address,
    builder=build,
    classify=classify,
    visible=frozenset({"format"}),
    default_address=incoming_webhooks.default_address,
)
