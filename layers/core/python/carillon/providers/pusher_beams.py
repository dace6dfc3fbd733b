"""Pusher Beams: a push to all devices of one user.

https://pusher.com/docs/beams/reference/publish-api/
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.merging import Merging, merged
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import payloads, responses
from carillon.providers.overriding import Json, PushOverrides
from carillon.providers.provider import Provider
from carillon.providers.settings import Secret, Strict

_LARGEST = 10_000  # bytes
# Part of the host name, hence the strict pattern.
_INSTANCE = r"^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$"


class Settings(Strict):
    instance_id: Annotated[str, Field(pattern=_INSTANCE)]
    secret_key: Annotated[Secret, Field(pattern=r"^[\x21-\x7e]+$")]


class Address(Strict):
    """`device_token` is a user id. Pusher accepts any, and never reports an unknown one."""

    device_token: Annotated[str, Field(min_length=1, max_length=164)]


class BeamsOverrides(PushOverrides):
    """The parts of a push for each platform, and Novu's names for fields within them."""

    apns: Json | None = None
    fcm: Json | None = None
    web: Json | None = None
    sound: str | None = None
    badge: int | None = None
    icon: str | None = None
    channel_id: str | None = None
    category_id: str | None = None
    click_action: str | None = None
    color: str | None = None
    tag: str | None = None
    ttl: int | None = None


def build(message: Message, address: Address, settings: Settings) -> HttpRequest:
    user = address.device_token
    words = {"title": message.subject, "body": message.text}
    words = {name: text for name, text in words.items() if text}
    if not words:
        raise Invalid(FieldProblem(FieldName.TEXT, "must not be empty"))
    data = {"data": dict(message.data)} if message.data else {}
    content = {
        "apns": {"aps": {"alert": words}, **data},
        "fcm": {"notification": words, **data},
        "web": {"notification": words, **data},
    }
    content = merged(content, _overridden(payloads.overrides(message)), Merging.MERGE)
    payloads.check_size(content, _LARGEST)
    id = settings.instance_id
    return payloads.post(
        f"https://{id}.pushnotifications.pusher.com/publish_api/v1/instances/{id}/publishes/users",
        {**content, "users": [user]},
        {"authorization": f"Bearer {settings.secret_key}"},
    )


def _overridden(said: Json) -> dict[str, Any]:
    """Return the parts for each platform: Novu names fields beside them."""
    own = {name: said.pop(name, {}) for name in ("apns", "fcm", "web")}
    life = {"time_to_live": said["ttl"]} if "ttl" in said else {}
    names = {
        "apns": {"badge": "badge", "category_id": "category", "sound": "sound"},
        "fcm": {
            "channel_id": "android_channel_id",
            **{n: n for n in ("click_action", "color", "icon", "sound", "tag")},
        },
        "web": {"icon": "icon"},
    }
    shown = {
        part: {theirs: said[ours] for ours, theirs in fields.items() if ours in said}
        for part, fields in names.items()
    }
    beside: dict[str, Any] = {
        "apns": {"aps": shown["apns"]},
        "fcm": {"notification": shown["fcm"], **life},
        "web": {"notification": shown["web"], **life},
    }
    return merged(beside, own, Merging.MERGE)


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    if responses.ok(status):
        id = responses.json_object(body).get("publishId")
        if isinstance(id, str) and id:
            return responses.result(Outcome.SENT, status, headers, message_id=id)
        return responses.unreadable(status, headers)
    return responses.by_status(status, headers)


PROVIDER = Provider(
    id="pusher-beams",
    channel=Channel.PUSH,
    settings=Settings,
    address=Address,
    builder=build,
    classify=classify,
    overrides=BeamsOverrides,
    visible=frozenset({"instance_id"}),
)
