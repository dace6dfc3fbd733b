"""Discord, by incoming webhook.

https://discord.com/developers/docs/resources/webhook#execute-webhook
https://discord.com/developers/docs/resources/message#allowed-mentions-object
https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from carillon import __version__
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.markups import PLAIN, Markup, Markups
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import incoming_webhooks, markup, payloads, responses, verdicts
from carillon.providers.markups import cutting
from carillon.providers.markups.markdown import DISCORD
from carillon.providers.overriding import Items, Json, Overrides
from carillon.providers.provider import Provider

_LONGEST = 2_000
_MOST_MENTIONS = 100
_ESCAPED = re.compile(r"\\[^A-Za-z0-9\s]")
_EVERYBODY = re.compile(r"@(?:everyone|here)")
_USER = re.compile(r"<@!?(\d{1,20})>")
_ROLE = re.compile(r"<@&(\d{1,20})>")
# Discord's proxy rejects requests without a User-Agent.
_AGENT = {"user-agent": f"Carillon/{__version__}"}

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
_VERDICTS = verdicts.table(
    # Ids are never used again, so that what is deleted or revoked stays so.
    (verdicts.DEAD, "10003 10015 50027"),
    # Missing rights, a channel of another kind, a thread that is archived, locked or needed.
    (
        verdicts.PLACE,
        "10004 20012 40001 40058 40067 40333 50001 50008 50013 50024 50083 160002 160005 160006",
        "220001 220002 220003",
    ),
    (verdicts.BAD, "20009 20031 30015 40005 50006 50035 50109 240000"),
    (verdicts.BUSY, "20016 20028 20029 40062"),
    (verdicts.RETRY, "40004 40006 130000"),
)


class DiscordOverrides(Overrides):
    """Discord's own fields of a message, but the one that says who is notified."""

    content: str | None = None
    embeds: Items | None = None
    components: Items | None = None
    username: str | None = None
    avatar_url: str | None = None
    flags: int | None = None
    thread_name: str | None = None
    tts: bool | None = None
    poll: Json | None = None


def build(
    message: Message, address: incoming_webhooks.Address, _settings: incoming_webhooks.Settings
) -> HttpRequest:
    content = {
        "content": cutting.cut(markup.titled(message, "**"), _LONGEST, cutting.MARKDOWN),
        **payloads.overrides(message),
    }
    mentions = _mentions(str(content["content"] or ""))
    url = _waiting(address.webhook_url)
    return payloads.post(url, {**content, "allowed_mentions": mentions}, _AGENT)


def _mentions(content: str) -> Mapping[str, Any]:
    """Return whom the text notifies: those that its author mentions.

    Mentions in data are escaped, which hides them from readers; Discord would notify all the same.
    """
    said = _ESCAPED.sub("", content)
    found: dict[str, Any] = {"parse": ["everyone"] if _EVERYBODY.search(said) else []}
    for kind, pattern in (("users", _USER), ("roles", _ROLE)):
        ids = list(dict.fromkeys(pattern.findall(said)))[:_MOST_MENTIONS]
        found |= {kind: ids} if ids else {}
    return found


def _of_field(name: str, owner: Mapping[str, Any]) -> Markup:
    is_text = name in {"content", "description", "title", "value"}
    return DISCORD if is_text or (name == "name" and "value" in owner) else PLAIN


def _waiting(url: str) -> str:
    """Add `wait=true`: without it Discord confirms messages before it saves them."""
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query) if pair[0] != "wait"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("wait", "true")])))


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    response = responses.json_object(body)
    if status == 200:
        id = response.get("id")
        if not isinstance(id, str) or not id:
            return responses.unreadable(status, headers)
        return responses.result(Outcome.SENT, status, headers, message_id=id)
    number = response.get("code")
    code = str(number) if isinstance(number, int) and number else ""
    if code in _VERDICTS:
        return responses.result(_VERDICTS[code], status, headers, code=code)
    return responses.by_address(status, headers, code=code)


PROVIDER = Provider(
    id="discord",
    channel=Channel.CHAT,
    settings=incoming_webhooks.Settings,
    address=incoming_webhooks.Address,
    builder=build,
    classify=classify,
    overrides=DiscordOverrides,
    markups=Markups(text=DISCORD, of_field=_of_field),
    default_address=incoming_webhooks.default_address,
)
