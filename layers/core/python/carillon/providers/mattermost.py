"""Mattermost: an incoming webhook.

https://developers.mattermost.com/integrate/webhooks/incoming/
"""

from collections.abc import Mapping, Sequence
from typing import Any

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Problem
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import answers, incoming, posting
from carillon.providers.settings import prepared, problems

channel = Channel.CHAT
visible: frozenset[str] = frozenset()
subscriber_field: str | None = None

_LONGEST = 16_383
_OVERRIDABLE = frozenset({"attachments", "icon_emoji", "icon_url", "props", "text", "username"})

# The ids that servers give their errors: web.incoming_webhook.<word>.app_error and the like. A
# deleted webhook is a 400 here, not a 404.
_MEANING = {
    "invalid": Outcome.DEAD,
    "channel": Outcome.DEAD,
    "channel_locked": Outcome.CONFIG,
    "user": Outcome.CONFIG,
    "permissions": Outcome.CONFIG,
    "disabled": Outcome.CONFIG,
    "text": Outcome.BAD,
    "parse": Outcome.BAD,
}


def check(settings: Mapping[str, Any]) -> Sequence[Problem]:
    return problems(incoming.Settings, settings)


def prepare(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    return prepared(incoming.Settings, settings)


def build(message: Message, address: Mapping[str, str], settings: Mapping[str, Any]) -> HttpRequest:
    place = incoming.place(address, incoming.settings(settings))
    content = {
        "text": posting.cut(posting.titled(message, "**"), _LONGEST),
        **posting.overrides(message, _OVERRIDABLE),
        **({"channel": place.channel} if place.channel else {}),
    }
    return posting.post(place.webhook_url, content)


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    if answers.ok(status):
        if body.strip() == b"ok":
            return answers.result(Outcome.SENT, status, headers)
        return answers.unreadable(status, headers)
    id = answers.json_object(body).get("id")
    words = id.split(".") if isinstance(id, str) else []
    if words[:2] == ["web", "incoming_webhook"] and len(words) > 2 and words[2] in _MEANING:  # noqa: PLR2004 - prefix and word
        return answers.result(_MEANING[words[2]], status, headers, code=words[2])
    return answers.by_status(status, headers, gone=Outcome.DEAD)
