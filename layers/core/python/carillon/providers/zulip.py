"""Zulip: a bot's message to a stream or a person, or its Slack-compatible webhook.

https://zulip.com/api/send-message
https://zulip.com/api/rest-error-handling
https://zulip.com/integrations/doc/slack_incoming
"""

import base64
import json
import re
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.markups import PLAIN, Markups
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import markup, payloads, responses, verdicts
from carillon.providers.markups import cutting
from carillon.providers.markups.markdown import ZULIP
from carillon.providers.overriding import Overrides
from carillon.providers.provider import Provider
from carillon.providers.settings import Secret, Strict, Url

_LONGEST_TOPIC = 60
_LONGEST_CONTENT = 10_000
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\Z")

# By code, since messages are in the server's language.
# https://github.com/zulip/zulip/blob/main/zerver/lib/exceptions.py
_VERDICTS = verdicts.table(
    # A private stream does not exist for a bot that is not subscribed to it.
    (verdicts.PLACE, "STREAM_DOES_NOT_EXIST UNAUTHORIZED_PRINCIPAL"),
    (
        verdicts.CREDENTIAL,
        "AUTHENTICATION_FAILED INVALID_API_KEY NONEXISTENT_SUBDOMAIN REALM_DEACTIVATED",
        "UNAUTHENTICATED_USER UNAUTHORIZED USER_DEACTIVATED",
    ),
    (
        verdicts.BAD,
        "ANOMALOUS_WEBHOOK_PAYLOAD BAD_REQUEST INVALID_JSON REQUEST_CONFUSING_VAR",
        "REQUEST_VARIABLE_INVALID REQUEST_VARIABLE_MISSING",
    ),
    (verdicts.RETRY, "RATE_LIMIT_HIT REQUEST_TIMEOUT SERVER_NOT_READY"),
)
_CODE = re.compile(r"[A-Z_]{1,60}\Z")

type Name = Annotated[str, Field(min_length=1, max_length=255)]


class Settings(Strict):
    """A bot of a site, or `webhook_url` alone.

    `stream` and `webhook_url` are the default for messages without an address.
    """

    site: Url | None = None
    bot_email: Annotated[str, Field(pattern=r"^[^@:\s]+@[^@:\s]+$", max_length=254)] | None = None
    api_key: Secret | None = None
    stream: Name | None = None
    topic: Name = "notifications"
    webhook_url: Url | None = None


class Address(Strict):
    """`channel` is the name of a stream or the email address of a person."""

    webhook_url: Url | None = None
    channel: Name | None = None


class ZulipOverrides(Overrides):
    """The text, in Zulip's Markdown."""

    text: str | None = None


def build(message: Message, address: Address, settings: Settings) -> HttpRequest:
    if address.webhook_url:
        text = message.overrides.get("text") or markup.titled(message, "*")
        return payloads.post(address.webhook_url, {"text": text})
    if not (address.channel and settings.site and settings.bot_email and settings.api_key):
        raise Invalid(
            FieldProblem(
                FieldName.ADDRESS,
                "must have a webhook_url, or a channel with a bot in the settings",
            )
        )
    credentials = base64.b64encode(f"{settings.bot_email}:{settings.api_key}".encode()).decode()
    return HttpRequest(
        method="POST",
        url=f"{settings.site.rstrip('/')}/api/v1/messages",
        headers={
            "authorization": f"Basic {credentials}",
            "content-type": "application/x-www-form-urlencoded",
        },
        body=urlencode(_form(message, address.channel, settings.topic)).encode(),
    )


def _form(message: Message, to: str, topic: str) -> Mapping[str, str]:
    said = message.overrides.get("text")
    text = said or markup.titled(message, "**")
    if _EMAIL.match(to):
        content = cutting.cut(text, _LONGEST_CONTENT, cutting.MARKDOWN)
        return {"type": "direct", "to": json.dumps([to]), "content": content}
    return {
        "type": "stream",
        "to": to,
        "topic": cutting.cut(message.subject or topic, _LONGEST_TOPIC),
        "content": cutting.cut(said or message.text or text, _LONGEST_CONTENT, cutting.MARKDOWN),
    }


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    response = responses.json_object(body)
    if responses.ok(status) and (response.get("result") == "success" or response.get("ok") is True):
        id = response.get("id")
        return responses.result(
            Outcome.SENT, status, headers, message_id=str(id) if isinstance(id, int) else ""
        )
    given = response.get("code")
    code = given if isinstance(given, str) and _CODE.match(given) else ""
    if code in _VERDICTS and (status not in {401, 403} or _VERDICTS[code] is not verdicts.BAD):
        found = responses.result(_VERDICTS[code], status, headers, code=code)
        return responses.with_wait(found, responses.seconds(response.get("retry-after")))
    if responses.ok(status):
        if response.get("result") == "error":
            return responses.result(Outcome.BAD, status, headers, code=code or "error")
        return responses.unreadable(status, headers)
    if status == 404:  # of a proxy, or of a stream that was renamed
        return responses.result(verdicts.PLACE, status, headers, code=code)
    return responses.by_status(status, headers, code=code)


PROVIDER = Provider(
    id="zulip",
    channel=Channel.CHAT,
    settings=Settings,
    address=Address,
    builder=build,
    classify=classify,
    overrides=ZulipOverrides,
    markups=Markups(text=ZULIP, of_field=lambda name, _: ZULIP if name == "text" else PLAIN),
    visible=frozenset({"bot_email", "site", "stream", "topic"}),
    credentials={"site": frozenset({"api_key"})},
    default_address=lambda settings: {
        "webhook_url": settings.webhook_url,
        "channel": settings.stream,
    },
)
