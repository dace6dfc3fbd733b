"""OneSignal: a push to one subscription.

https://documentation.onesignal.com/reference/push-notification
https://documentation.onesignal.com/docs/idempotent-notification-requests
"""

import uuid
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import HttpRequest
from carillon.providers import markup, payloads, responses, verdicts
from carillon.providers.overriding import Items, Json, PushOverrides
from carillon.providers.provider import Provider
from carillon.providers.settings import Secret, Strict

_URL = "https://api.onesignal.com/notifications"
_LARGEST = 4_096  # bytes of texts and data
_ICONS = ("small_icon", "large_icon", "chrome_icon", "firefox_icon")
_SOUNDS = ("ios_sound", "android_sound")
# Of targets that were not reached: people subscribe again with the same id, and every id is invalid
# under a wrong app_id (https://github.com/zeyneloz/onesignal-node/issues/35), so none is dead.
_VERDICTS = verdicts.table(
    (verdicts.MEND, "invalid_player_ids invalid_subscription_ids"),
    (verdicts.PERSON, "invalid_aliases invalid_external_user_ids not_subscribed"),
)

type Uuid = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$")]


class Settings(Strict):
    app_id: Uuid
    api_key: Annotated[Secret, Field(pattern=r"^[\x21-\x7e]+$")]


class Address(Strict):
    """`device_token` is a subscription id, formerly called a player id."""

    device_token: Uuid


class OneSignalOverrides(PushOverrides):
    """OneSignal's own fields of a push; the first four are Novu's names."""

    sound: str | None = None
    icon: str | None = None
    channel_id: str | None = None
    category_id: str | None = None
    mutable_content: bool | None = None
    android_channel_id: str | None = None
    android_sound: str | None = None
    big_picture: str | None = None
    buttons: Items | None = None
    chrome_web_icon: str | None = None
    chrome_web_image: str | None = None
    collapse_id: str | None = None
    contents: Json | None = None
    data: Json | None = None
    headings: Json | None = None
    ios_attachments: Json | None = None
    ios_badge_count: int | None = Field(default=None, alias="ios_badgeCount")
    ios_badge_type: str | None = Field(default=None, alias="ios_badgeType")
    ios_category: str | None = None
    ios_interruption_level: str | None = None
    ios_sound: str | None = None
    large_icon: str | None = None
    priority: int | None = None
    small_icon: str | None = None
    subtitle: str | Json | None = None
    ttl: int | None = None
    url: str | None = None
    web_url: str | None = None


def build(message: Message, address: Address, settings: Settings) -> HttpRequest:
    subscription = address.device_token
    text = markup.titled(message, "")
    content: dict[str, Any] = {"contents": {"en": message.text or text}}
    if message.subject:
        content["headings"] = {"en": message.subject}
    if message.data:
        content["data"] = dict(message.data)
    content |= _overridden(payloads.overrides(message))
    payloads.check_size(content, _LARGEST)
    key = uuid.uuid5(uuid.NAMESPACE_URL, message.id)  # a retry within 30 days is the same push
    target = {
        "app_id": settings.app_id,
        "target_channel": "push",
        "include_subscription_ids": [subscription],
        "idempotency_key": str(key),
    }
    return payloads.post(_URL, {**content, **target}, {"authorization": f"Key {settings.api_key}"})


def _overridden(said: Json) -> dict[str, Any]:
    """Return OneSignal's fields: Novu has one name for what every platform has under its own."""
    icon, sound = said.pop("icon", None), said.pop("sound", None)
    if isinstance(said.get("subtitle"), str):
        said["subtitle"] = {"en": said["subtitle"]}
    everywhere = {
        **dict.fromkeys(_ICONS, icon),
        **dict.fromkeys(_SOUNDS, sound),
        "android_channel_id": said.pop("channel_id", None),
        "ios_category": said.pop("category_id", None),
    }
    return {**{name: value for name, value in everywhere.items() if value}, **said}


def classify(status: int, headers: Mapping[str, str], body: bytes) -> Result:
    """Classify a response; a 200 without an id, or with the target in its errors, sent nothing."""
    response = responses.json_object(body)
    errors = response.get("errors")
    unknown = _unknown(errors)
    if unknown and (responses.ok(status) or status == 400):
        return responses.result(_VERDICTS[unknown], status, headers, code=unknown)
    if responses.ok(status):
        return _accepted(response, status, headers)
    if status == 400 and "app_id" in str(errors):
        return responses.result(verdicts.CREDENTIAL, status, headers, code="app_id")
    wait = headers.get("retryafter", "")
    found = responses.by_status(status, headers)
    return responses.with_wait(found, responses.seconds(int(wait)) if _is_number(wait) else None)


def _accepted(response: Mapping[str, Any], status: int, headers: Mapping[str, str]) -> Result:
    id = response.get("id")
    id = id if isinstance(id, str) else ""
    if response.get("errors"):
        # With an id it may have been sent; the idempotency key makes a retry safe.
        outcome, code = (Outcome.UNSURE, "errors") if id else (Outcome.BAD, "nothing_sent")
        return responses.result(outcome, status, headers, code=code, message_id=id)
    if id:
        return responses.result(Outcome.SENT, status, headers, message_id=id)
    return responses.unreadable(status, headers)


def _unknown(errors: object) -> str:
    """Return the error that says the target is unknown or unsubscribed, or an empty text."""
    if isinstance(errors, Mapping):
        return next((name for name in _VERDICTS if errors.get(name)), "")
    said = [str(error) for error in errors] if isinstance(errors, list) else []
    return "not_subscribed" if any("not subscribed" in text for text in said) else ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


PROVIDER = Provider(
    id="one-signal",
    channel=Channel.PUSH,
    settings=Settings,
    address=Address,
    builder=build,
    classify=classify,
    drops_repeats=True,
    overrides=OneSignalOverrides,
    visible=frozenset({"app_id"}),
)
