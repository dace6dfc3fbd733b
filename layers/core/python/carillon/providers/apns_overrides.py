"""The fields of a push to Apple that a caller may set, and a push with them applied.

Names are those of node-apn's Notification, whose properties Novu's clients send on, and Apple's
own: https://docs.novu.co/platform/integrations/push/apns
https://github.com/parse-community/node-apn/blob/master/doc/notification.markdown
https://developer.apple.com/documentation/usernotifications/generating-a-remote-notification
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from carillon.domain.base.merging import Merging, merged
from carillon.providers.overriding import Items, Json, PushOverrides

_AT_ONCE, _SPARING = 10, 5  # priorities of Apple's; a background push must have the second
# Fields of the alert that node-apn has beside it.
_IN_ALERT = {
    "body",
    "launch-image",
    "loc-args",
    "loc-key",
    "subtitle",
    "title",
    "title-loc-args",
    "title-loc-key",
}
_HEADERS = {"collapse-id", "expiration", "priority", "push-type"}
_ELSEWHERE = _IN_ALERT | _HEADERS | {"alert", "aps", "device_tokens", "payload", "raw-payload"}


def _hyphenated(name: str) -> str:
    return name.replace("_", "-")


class ApnsOverrides(PushOverrides, alias_generator=_hyphenated):
    """No field changes the app or the device that a push goes to."""

    synonyms: ClassVar[Mapping[str, str]] = {"expiry": "expiration"}

    push_type: Literal["alert", "background"] | None = None
    priority: Annotated[int, Field(ge=1, le=10)] | None = None
    expiration: Annotated[int, Field(ge=0, le=2**33)] | None = None
    collapse_id: Annotated[str, Field(pattern=r"^[ -~]{1,64}$")] | None = None
    alert: str | Json | None = None
    title: str | None = None
    subtitle: str | None = None
    body: str | None = None
    title_loc_key: str | None = None
    title_loc_args: Items | None = None
    loc_key: str | None = None
    loc_args: Items | None = None
    launch_image: str | None = None
    badge: int | None = None
    sound: str | Json | None = None
    category: str | None = None
    thread_id: str | None = None
    content_available: int | None = None  # of true, 1
    mutable_content: int | None = None
    target_content_id: str | None = None
    interruption_level: Literal["passive", "active", "time-sensitive", "critical"] | None = None
    relevance_score: float | None = None
    url_args: Items | None = None
    aps: Json | None = None
    payload: Json | None = None  # takes the place of the event's data
    raw_payload: Json | None = None  # takes the place of all


def headers(said: Mapping[str, Any]) -> Mapping[str, str]:
    kind = said.get("push-type") or "alert"
    priority = said.get("priority") or (_AT_ONCE if kind == "alert" else _SPARING)
    found = {"apns-priority": str(priority), "apns-push-type": kind}
    if said.get("expiration") is not None:
        found["apns-expiration"] = str(said["expiration"])
    if said.get("collapse-id"):
        found["apns-collapse-id"] = said["collapse-id"]
    return found


def payload(
    said: Mapping[str, Any], words: Mapping[str, str], data: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return a push with the title and body in `words`, and the event's data, as said."""
    if said.get("raw-payload"):
        return dict(said["raw-payload"])
    given = {name: value for name, value in said.items() if value is not None}
    own = given.get("payload")
    beside = dict(data if own is None else own)
    beside.pop("aps", None)
    shows = words or given.keys() & (_IN_ALERT | {"alert"})
    aps: dict[str, Any] = {"alert": _alert(given, words)} if shows else {}
    aps |= {name: value for name, value in given.items() if name not in _ELSEWHERE}
    for table in ((own or {}).get("aps"), given.get("aps")):
        aps = merged(aps, table, Merging.MERGE) if isinstance(table, Mapping) else aps
    return {**beside, "aps": aps}


def _alert(given: Mapping[str, Any], words: Mapping[str, str]) -> Any:
    alert = given.get("alert")
    if isinstance(alert, str):
        return alert
    fields = {name: value for name, value in given.items() if name in _IN_ALERT}
    return {**words, **(alert or {}), **fields}
