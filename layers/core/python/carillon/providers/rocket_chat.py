"""Rocket.Chat: a message to a room.

https://developer.rocket.chat/apidocs/send-message
https://developer.rocket.chat/docs/rate-limiters
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.markups import PLAIN, Markup, Markups
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import markup, payloads, responses, verdicts
from carillon.providers.markups import cutting
from carillon.providers.markups.lookalikes import ROCKET_CHAT
from carillon.providers.overriding import Items, Overrides
from carillon.providers.provider import Provider
from carillon.providers.settings import Secret, Strict, Url

_LONGEST = 5_000
# https://github.com/RocketChat/Rocket.Chat/blob/develop/apps/meteor/app/lib/server/methods/sendMessage.ts
_VERDICTS = verdicts.table(
    # A private room is invalid to who is not in it; an archived or muted one can be opened again.
    (
        verdicts.PLACE,
        "error-action-not-allowed error-invalid-channel error-invalid-room error-not-allowed",
        "error-room-archived error-room-not-found error-user-is-muted",
        "error-you-are-not-in-the-room room_is_blocked",
    ),
    (verdicts.MEND, "error-invalid-user error-unauthorized"),
    (verdicts.BAD, "error-invalid-params error-message-size-exceeded"),
    (verdicts.RETRY, "error-too-many-requests"),
)
_WAIT = re.compile(r"wait (\d{1,6}) seconds")

type Room = Annotated[str, Field(min_length=1, max_length=255)]


class Settings(Strict):
    """`channel` is the default room for messages without an address."""

    base_url: Url
    auth_token: Annotated[Secret, Field(pattern=r"^[\x21-\x7e]+$")]
    user_id: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,100}$")]
    channel: Room | None = None


class Address(Strict):
    """`channel` is a room's id.

    Novu's clients send the server as `webhook_url`. It is ignored: the token must only go to the
    integration's own server.
    """

    channel: Room
    webhook_url: Url | None = None


class RocketChatOverrides(Overrides):
    """Rocket.Chat's own fields of a message, but those that say where it goes."""

    msg: str | None = None
    alias: str | None = None
    attachments: Items | None = None
    avatar: str | None = None
    emoji: str | None = None
    tmid: str | None = None


def build(message: Message, address: Address, settings: Settings) -> HttpRequest:
    content = {
        "msg": cutting.cut(markup.titled(message, "*"), _LONGEST, cutting.SIMPLE),
        **payloads.overrides(message),
        "rid": address.channel,
        "_id": message.id,  # Rocket.Chat does not insert the same id twice
    }
    return payloads.post(
        f"{settings.base_url.rstrip('/')}/api/v1/chat.sendMessage",
        {"message": content},
        {"x-auth-token": settings.auth_token, "x-user-id": settings.user_id},
    )


def _of_field(name: str, owner: Mapping[str, Any]) -> Markup:
    is_text = name in {"msg", "text", "title"} or (name == "value" and "title" in owner)
    return ROCKET_CHAT if is_text else PLAIN


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    response = responses.json_object(body)
    if responses.ok(status) and response.get("success") is True:
        message = response.get("message")
        id = message.get("_id") if isinstance(message, Mapping) else None
        return responses.result(
            Outcome.SENT, status, headers, message_id=id if isinstance(id, str) else ""
        )
    kind = next((k for k in (response.get("errorType"), response.get("error")) if _known(k)), "")
    if kind:
        found = responses.result(_VERDICTS[kind], status, headers, code=kind)
    elif responses.ok(status):
        if response.get("success") is not False:
            return responses.unreadable(status, headers)
        found = responses.result(Outcome.BAD, status, headers, code="error")
    else:
        found = responses.by_status(status, headers)
    return responses.with_wait(found, _wait(response, headers))


def _known(kind: object) -> bool:
    return isinstance(kind, str) and kind in _VERDICTS


def _wait(response: Mapping[str, Any], headers: Mapping[str, str]) -> float | None:
    """Read the wait from x-ratelimit-reset (Unix time in ms) or from the error's sentence."""
    reset = headers.get("x-ratelimit-reset", "")
    if reset.isascii() and reset.isdecimal() and len(reset) < 20:
        return responses.seconds_until(int(reset) / 1000, headers)
    told = _WAIT.search(str(response.get("error", "")))
    return responses.seconds(int(told[1])) if told else None


PROVIDER = Provider(
    id="rocket-chat",
    channel=Channel.CHAT,
    settings=Settings,
    address=Address,
    builder=build,
    classify=classify,
    drops_repeats=True,
    overrides=RocketChatOverrides,
    markups=Markups(text=ROCKET_CHAT, of_field=_of_field),
    visible=frozenset({"base_url", "channel", "user_id"}),
    credentials={"base_url": frozenset({"auth_token"})},
    default_address=lambda settings: {"channel": settings.channel},
)
