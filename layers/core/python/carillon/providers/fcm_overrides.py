"""The fields of an FCM message that a caller may set, and a message with them applied.

Names are those of Novu and of firebase-admin, whose options Novu's clients send on, and those of
the HTTP API itself, which reads its own names in camelCase and in snake_case alike:
https://docs.novu.co/platform/integrations/push/fcm
https://firebase.google.com/docs/reference/admin/node/firebase-admin.messaging
https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from carillon.domain.base.merging import Merging, merged
from carillon.providers.overriding import Items, Json, PushOverrides

# Fields of a notification that HTTP v1 has for Android alone.
_ON_ANDROID = [
    "body_loc_args",
    "body_loc_key",
    "click_action",
    "color",
    "icon",
    "sound",
    "tag",
    "title_loc_args",
    "title_loc_key",
]
_APS = {
    "contentAvailable": "content-available",
    "mutableContent": "mutable-content",
    "threadId": "thread-id",
}


class FcmOverrides(PushOverrides):
    """`type: data` has the app show the message; no field changes where it goes."""

    synonyms: ClassVar[Mapping[str, str]] = {"image_url": "image", "ttl": "time_to_live"}

    type: Literal["data", "notification"] | None = None
    title: str | None = None
    body: str | None = None
    image: str | None = None
    icon: str | None = None
    sound: str | None = None
    badge: int | None = None
    tag: str | None = None
    color: str | None = None
    click_action: str | None = None
    body_loc_key: str | None = None
    body_loc_args: Items | None = None
    title_loc_key: str | None = None
    title_loc_args: Items | None = None
    collapse_key: str | None = None
    priority: Literal["normal", "high"] | None = None
    time_to_live: int | None = Field(default=None, ge=0, le=2_419_200)
    restricted_package_name: str | None = None
    content_available: bool | None = None
    mutable_content: bool | None = None
    notification: Json | None = None
    data: Json | None = None
    android: Json | None = None
    apns: Json | None = None
    webpush: Json | None = None
    fcm_options: Json | None = None


def content(
    said: Mapping[str, Any], words: Mapping[str, str], data: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a message with the title and body in `words`, and the event's data, as said."""
    whole = {**said, **_with_image(said.get("notification") or {})}
    own_words = {name: whole[name] for name in ("title", "body", "image") if whole.get(name)}
    shown = {**words, **own_words}
    own = said.get("data") or {}
    found: dict[str, Any]
    if said.get("type") == "data":
        # `message` beside `body`, as Novu has it.
        text = {"message": shown["body"]} if "body" in shown else {}
        found = {"data": {**data, **shown, **text, **own}}
    else:
        found = {"notification": shown, "data": own or dict(data)}
    found["android"] = merged(_android(whole), _as_android(said), Merging.MERGE)
    found["apns"] = merged(_apns(whole), _as_apns(said), Merging.MERGE)
    found["webpush"] = said.get("webpush")
    found["fcm_options"] = said.get("fcm_options")
    return {name: part for name, part in found.items() if part}


def _android(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part for Android of what is said of the message as a whole."""
    shown = {name: said[name] for name in _ON_ANDROID if said.get(name)}
    life = said.get("time_to_live")
    named = {
        "collapse_key": said.get("collapse_key"),
        "priority": said.get("priority"),
        "restricted_package_name": said.get("restricted_package_name"),
        "ttl": None if life is None else f"{life}s",
        "notification": shown,
    }
    return {name: value for name, value in named.items() if value}


def _apns(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part for Apple's devices of what is said of the message as a whole."""
    aps = {
        "badge": said.get("badge"),
        "sound": said.get("sound"),
        "content-available": 1 if said.get("content_available") else None,
        "mutable-content": 1 if said.get("mutable_content") else None,
    }
    aps = {name: value for name, value in aps.items() if value is not None}
    return {"payload": {"aps": aps}} if aps else {}


def _as_android(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return `android`: firebase-admin has milliseconds and other names, HTTP v1 durations."""
    android = dict(said.get("android") or {})
    if isinstance(android.get("ttl"), int | float):
        android["ttl"] = f"{android['ttl'] / 1000:g}s"
    if isinstance(android.get("notification"), Mapping):
        android["notification"] = _with_image(android["notification"])
    return android


def _as_apns(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return `apns`, whose `aps` firebase-admin has in camelCase, and Apple with hyphens."""
    apns = dict(said.get("apns") or {})
    for options in ("fcmOptions", "fcm_options"):
        if isinstance(apns.get(options), Mapping):
            apns[options] = _with_image(apns[options])
    payload = apns.get("payload")
    if isinstance(payload, Mapping) and isinstance(payload.get("aps"), Mapping):
        aps = {_APS.get(name, name): _as_number(value) for name, value in payload["aps"].items()}
        apns["payload"] = {**payload, "aps": aps}
    return apns


def _as_number(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _with_image(part: Mapping[str, Any]) -> dict[str, Any]:
    return {"image" if name == "imageUrl" else name: value for name, value in part.items()}
