"""Ryver, by inbound webhook, in its own format or in Slack's.

https://support.ryver.com/articles/inbound-webhooks
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.markups import PLAIN, Markups
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import incoming_webhooks, markup, payloads, responses
from carillon.providers.markups import cutting
from carillon.providers.markups.markdown import COMMONMARK
from carillon.providers.overriding import Json, Overrides
from carillon.providers.provider import Provider

_LONGEST = 8_000
_SENDER = {"displayName": "Carillon", "avatar": None}


class Settings(incoming_webhooks.Settings):
    """`format` is the one chosen for the webhook in Ryver."""

    format: Literal["ryver", "slack"] = "ryver"


class RyverOverrides(Overrides):
    """The text, and the sender that Ryver shows, in its own format."""

    text: str | None = None
    create_source: Json | None = Field(default=None, alias="createSource")


def build(message: Message, address: incoming_webhooks.Address, settings: Settings) -> HttpRequest:
    said = payloads.overrides(message)
    text = said.get("text") or _text(message)
    source = said.get("createSource")
    if settings.format == "ryver":
        content = {"body": text, "createSource": source or _SENDER}
        return payloads.post(address.webhook_url, content)
    if source:
        problem = "must not be set: the webhook has Slack's format, which has no sender"
        raise Invalid(FieldProblem(FieldName.OVERRIDES, problem, within="createSource"))
    return payloads.post(address.webhook_url, {"text": text})


def _text(message: Message) -> str:
    return cutting.cut(markup.titled(message, "**"), _LONGEST, cutting.MARKDOWN)


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
    overrides=RyverOverrides,
    markups=Markups(
        text=COMMONMARK, of_field=lambda name, _: COMMONMARK if name == "text" else PLAIN
    ),
    visible=frozenset({"format"}),
    default_address=incoming_webhooks.default_address,
)
