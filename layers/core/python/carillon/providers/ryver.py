"""Ryver: an inbound webhook, in its own format or in Slack's.

https://support.ryver.com/articles/inbound-webhooks
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Problem
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import answers, incoming, posting
from carillon.providers.settings import parsed, prepared, problems

channel = Channel.CHAT
visible = frozenset({"format"})
subscriber_field: str | None = None

_LONGEST = 8_000
_SENDER = {"displayName": "Carillon", "avatar": None}


class Settings(incoming.Settings):
    """`format` is what the webhook was made for, in Ryver."""

    format: Literal["ryver", "slack"] = "ryver"


def check(settings: Mapping[str, Any]) -> Sequence[Problem]:
    return problems(Settings, settings)


def prepare(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    return prepared(Settings, settings)


def build(message: Message, address: Mapping[str, str], settings: Mapping[str, Any]) -> HttpRequest:
    own = parsed(Settings, settings, "settings")
    text = posting.cut(posting.titled(message, "**"), _LONGEST)
    content: Mapping[str, Any] = {"text": text}
    if own.format == "ryver":
        own_look = posting.overrides(message, frozenset({"createSource"}))
        content = {"body": text, "createSource": _SENDER, **own_look}
    return posting.post(incoming.place(address, own).webhook_url, content)


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:  # noqa: ARG001
    """Ryver documents no body, so the status is all there is."""
    return answers.by_status(status, headers, gone=Outcome.DEAD)
