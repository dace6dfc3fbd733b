"""Stream Chat: a message to a channel, sent by the server.

https://getstream.io/chat/docs/rest/#messages
https://getstream.io/chat/docs/rest/#api-errors
"""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.markups import HTML, PLAIN, Markup, Markups
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import keys, markup, payloads, responses, verdicts
from carillon.providers.markups import cutting
from carillon.providers.markups.markdown import COMMONMARK
from carillon.providers.overriding import Items, Overrides
from carillon.providers.provider import Provider
from carillon.providers.settings import Secret, Strict

_LARGEST = 5_000  # bytes of the message
_DEFAULT_TYPE = "messaging"

# https://getstream.io/chat/docs/rest/#api-errors
_VERDICTS = verdicts.table(
    (verdicts.CREDENTIAL, "2 3 5 40 41 42 43 69 99"),
    (verdicts.PLACE, "16 17"),  # a channel that is not there yet, or not open to this user
    (verdicts.BAD, "4 6 18 19 20 21 22 24 73 413"),
    (verdicts.BUSY, "60"),
    (verdicts.RETRY, "9"),
    (verdicts.UNSURE, "23"),
)
_DUPLICATE = 4

type ChannelId = Annotated[str, Field(pattern=r"^(?:[A-Za-z0-9_-]{1,64}:)?[A-Za-z0-9_!-]{1,128}$")]


class Settings(Strict):
    """`user_id` is the sender; `channel` is the default for messages without an address."""

    api_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,100}$")]
    api_secret: Secret
    user_id: Annotated[str, Field(min_length=1, max_length=255)]
    channel: ChannelId | None = None


class Address(Strict):
    """`channel` is `type:id`, or the id of a channel of type messaging."""

    channel: ChannelId


class StreamOverrides(Overrides):
    """Stream's own fields of a message, but its id and its sender."""

    text: str | None = None
    attachments: Items | None = None
    mentioned_users: Items | None = None
    mml: str | None = None
    parent_id: str | None = None
    silent: bool | None = None


def build(message: Message, address: Address, settings: Settings) -> HttpRequest:
    kind, _, id = address.channel.rpartition(":")
    said = markup.titled(message, "**")
    text = cutting.cut(said, _LARGEST, cutting.MARKDOWN, measure=payloads.bytes_of)
    content = {
        "text": text,
        **payloads.overrides(message),
        "id": message.id,  # a second message with the same id is refused
        "user_id": settings.user_id,
    }
    path = f"{quote(kind or _DEFAULT_TYPE)}/{quote(id)}"
    return payloads.post(
        f"https://chat.stream-io-api.com/channels/{path}/message?api_key={settings.api_key}",
        {"message": content},
        {"authorization": _token(settings.api_secret), "stream-auth-type": "jwt"},
    )


def _of_field(name: str, _owner: Mapping[str, Any]) -> Markup:
    """Return the markup of a text: Markdown, or the tags of `mml`."""
    return {"text": COMMONMARK, "mml": HTML}.get(name, PLAIN)


def _token(secret: str) -> str:
    """Return the token of a server, which may write to any channel as any user."""
    import jwt  # noqa: PLC0415 - saving settings should not have to import it

    try:
        return jwt.encode({"server": True}, secret, "HS256")
    except jwt.InvalidKeyError:  # a PEM or a JWK, which no secret of Stream is
        raise keys.unusable() from None


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    response = responses.json_object(body)
    if responses.ok(status):
        message = response.get("message")
        id = message.get("id") if isinstance(message, Mapping) else None
        if isinstance(id, str) and id:
            return responses.result(Outcome.SENT, status, headers, message_id=id)
        return responses.unreadable(status, headers)
    number = response.get("code")
    if not isinstance(number, int) or str(number) not in _VERDICTS:
        return responses.by_status(status, headers)
    repeated = status == 400 and number == _DUPLICATE
    if repeated and "already exists" in str(response.get("message")):
        return responses.result(Outcome.SENT, status, headers, code="duplicate")
    found = responses.result(_VERDICTS[str(number)], status, headers, code=str(number))
    reset = headers.get("x-ratelimit-reset")
    return responses.with_wait(found, responses.seconds_until(reset, headers) if reset else None)


PROVIDER = Provider(
    id="getstream",
    channel=Channel.CHAT,
    settings=Settings,
    address=Address,
    builder=build,
    classify=classify,
    drops_repeats=True,
    overrides=StreamOverrides,
    markups=Markups(text=COMMONMARK, of_field=_of_field),
    visible=frozenset({"channel", "user_id"}),
    default_address=lambda settings: {"channel": settings.channel},
)
