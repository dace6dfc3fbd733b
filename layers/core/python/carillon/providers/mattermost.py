"""Mattermost, by incoming webhook.

https://developers.mattermost.com/integrate/webhooks/incoming/
"""

from collections.abc import Mapping
from typing import Any

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.markups import PLAIN, Markup, Markups
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import incoming_webhooks, markup, payloads, responses, verdicts
from carillon.providers.markups import cutting
from carillon.providers.markups.markdown import MATTERMOST
from carillon.providers.overriding import Items, Json, Overrides
from carillon.providers.provider import Provider

_LONGEST = 16_383

# Error ids look like web.incoming_webhook.<word>.app_error.
# https://github.com/mattermost/mattermost/blob/master/server/channels/app/webhook.go
# `invalid` is said of a deleted webhook, and also while the server cannot read its database.
_VERDICTS = verdicts.table(
    (verdicts.PLACE, "channel channel_locked disabled invalid permissions user"),
    (verdicts.BAD, "parse split_props_length text"),
)


class MattermostOverrides(Overrides):
    """Mattermost's own fields of a message, but the one that says where it goes."""

    text: str | None = None
    attachments: Items | None = None
    username: str | None = None
    icon_emoji: str | None = None
    icon_url: str | None = None
    props: Json | None = None
    type: str | None = None
    priority: Json | None = None


def build(
    message: Message, address: incoming_webhooks.Address, _settings: incoming_webhooks.Settings
) -> HttpRequest:
    content = {
        "text": cutting.cut(markup.titled(message, "**"), _LONGEST, cutting.MARKDOWN),
        **payloads.overrides(message),
        **({"channel": address.channel} if address.channel else {}),
    }
    return payloads.post(address.webhook_url, content)


def _of_field(name: str, owner: Mapping[str, Any]) -> Markup:
    is_text = name in {"text", "pretext", "title"} or (name == "value" and "title" in owner)
    return MATTERMOST if is_text else PLAIN


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    if responses.ok(status):
        if body.strip() == b"ok":
            return responses.result(Outcome.SENT, status, headers)
        return responses.unreadable(status, headers)
    id = responses.json_object(body).get("id")
    words = id.split(".") if isinstance(id, str) else []
    if words[:2] == ["web", "incoming_webhook"] and len(words) > 2 and words[2] in _VERDICTS:
        verdict = verdicts.RETRY if status >= 500 and status != 501 else _VERDICTS[words[2]]
        return responses.result(verdict, status, headers, code=words[2])
    return responses.by_address(status, headers)


PROVIDER = Provider(
    id="mattermost",
    channel=Channel.CHAT,
    settings=incoming_webhooks.Settings,
    address=incoming_webhooks.Address,
    builder=build,
    classify=classify,
    overrides=MattermostOverrides,
    markups=Markups(text=MATTERMOST, of_field=_of_field),
    default_address=incoming_webhooks.default_address,
)
