"""Discord, by incoming webhook.

https://discord.com/developers/docs/resources/webhook#execute-webhook
https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from carillon import __version__
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import incoming_webhooks, markup, payloads, responses
from carillon.providers.provider import Provider

_LONGEST = 2_000
_OVERRIDABLE = frozenset({"avatar_url", "content", "embeds", "flags", "thread_name", "username"})
# Discord's proxy rejects requests without a User-Agent.
_AGENT = {"user-agent": f"Carillon/{__version__}"}

_DEAD = frozenset({10003, 10015, 50027})  # unknown channel, unknown webhook, invalid token
_CONFIG = frozenset({220001, 220002, 220003})  # a forum channel, which needs a thread
_RETRY = frozenset({20016, 20028, 130000})
_BAD = frozenset({40005, 50006, 50035})


def build(
    message: Message, address: incoming_webhooks.Address, _settings: incoming_webhooks.Settings
) -> HttpRequest:
    content = {
        "content": markup.truncated(markup.titled(message, "**"), _LONGEST),
        **payloads.overrides(message, _OVERRIDABLE),
        "allowed_mentions": {"parse": []},  # or data could mention @everyone
    }
    url = _waiting(address.webhook_url)
    return payloads.post(url, content, _AGENT)


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
    for numbers, outcome in (
        (_DEAD, Outcome.DEAD),
        (_CONFIG, Outcome.CONFIG),
        (_RETRY, Outcome.RETRY),
        (_BAD, Outcome.BAD),
    ):
        if isinstance(number, int) and number in numbers:
            return responses.result(outcome, status, headers, code=code)
    return responses.by_status(status, headers, gone=Outcome.DEAD, code=code)


PROVIDER = Provider(
    id="discord",
    channel=Channel.CHAT,
    settings=incoming_webhooks.Settings,
    address=incoming_webhooks.Address,
    builder=build,
    classify=classify,
    default_address=incoming_webhooks.default_address,
)
