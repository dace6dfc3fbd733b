"""How the real services answer, by provider id: success, and failure on demand.

The provider is the first segment of a path; any further path is fine. `status/<code>` anywhere in
it asks for that status, `slow/<seconds>` for a pause before the answer.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import pairwise
from typing import Any

_LARGEST = 600  # status or seconds
_JSON = {"content-type": "application/json"}
_TEXT = {"content-type": "text/plain; charset=utf-8"}


@dataclass(frozen=True, kw_only=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What a reply may depend on."""

    id: int
    segments: tuple[str, ...]
    body: bytes

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def _text(text: str) -> Reply:
    return Reply(body=text.encode(), headers=_TEXT)


def _json(body: Any, status: int = 200) -> Reply:
    return Reply(status=status, body=json.dumps(body).encode(), headers=_JSON)


def _slack(arrival: Arrival) -> Reply:
    if "api" not in arrival.segments:
        return _text("ok")
    sent = arrival.json()
    channel = sent.get("channel", "") if isinstance(sent, dict) else ""
    return _json({"ok": True, "channel": channel, "ts": f"1700000000.{arrival.id:06d}"})


def _expo(arrival: Arrival) -> Reply:
    sent = arrival.json()
    if isinstance(sent, list):
        tickets = [{"status": "ok", "id": f"{arrival.id}-{n}"} for n in range(len(sent))]
        return _json({"data": tickets})
    return _json({"data": {"status": "ok", "id": str(arrival.id)}})


def _pushpad(arrival: Arrival) -> Reply:
    sent = arrival.json()
    uids = sent.get("uids", []) if isinstance(sent, dict) else []
    uids = uids if isinstance(uids, list) else [uids]
    return _json({"id": arrival.id, "scheduled": len(uids), "uids": uids}, 201)


_SUCCESS: dict[str, Callable[[Arrival], Reply]] = {
    "apns": lambda a: Reply(headers={"apns-id": f"00000000-0000-4000-8000-{a.id:012d}"}),
    "discord": lambda a: _json({"id": str(a.id)}),
    "email": lambda _: _json({}),
    "expo": _expo,
    "fcm": lambda a: _json({"name": f"projects/local/messages/{a.id}"}),
    "getstream": lambda a: _json({"message": {"id": str(a.id)}}, 201),
    "grafana-on-call": lambda _: _text("Ok."),
    "mattermost": lambda _: _text("ok"),
    "msteams": lambda _: Reply(status=202),
    "one-signal": lambda a: _json({"id": f"00000000-0000-4000-8000-{a.id:012d}"}),
    "push-webhook": lambda _: _json({}),
    "pushpad": _pushpad,
    "pusher-beams": lambda a: _json({"publishId": f"pubid-{a.id}"}),
    "rocket-chat": lambda a: _json({"success": True, "message": {"_id": str(a.id)}}),
    "ryver": lambda _: _json({}),
    "slack": _slack,
    "webhook": lambda _: _json({}),
    "whatsapp-business": lambda a: _json({"messages": [{"id": f"wamid.{a.id}"}]}),
    "zulip": lambda a: _json({"result": "success", "msg": "", "id": a.id}),
}
PROVIDERS = frozenset(_SUCCESS)

# An incoming webhook of Slack fails with a bare word.
_SLACK_WORDS = {
    200: "ok",
    400: "invalid_payload",
    403: "action_prohibited",
    404: "channel_not_found",
    410: "channel_is_archived",
    429: "rate_limited",
    500: "rollup_error",
}


def reply(arrival: Arrival) -> Reply:
    asked = dict(pairwise(arrival.segments[1:]))
    pause = _number(asked.get("slow"))
    status = int(_number(asked.get("status")))
    if status in range(200, 600):
        answer = _failure(arrival.segments[0], status)
    else:
        succeed = _SUCCESS.get(arrival.segments[0])
        answer = succeed(arrival) if succeed else _json({})
    return Reply(status=answer.status, body=answer.body, headers=answer.headers, pause=pause)


def _failure(provider: str, status: int) -> Reply:
    headers = {"retry-after": "1"} if status in {429, 503} else {}
    if status // 100 == 3:  # noqa: PLR2004 - redirections
        headers["location"] = "/webhook/redirected"
    if status in {204, 304}:
        return Reply(status=status, headers=headers)
    if provider == "slack":
        word = _SLACK_WORDS.get(status, "error")
        return Reply(status=status, body=word.encode(), headers={**_TEXT, **headers})
    words = HTTPStatus(status).phrase if status in HTTPStatus else ""
    body = {"error": {"code": status, "message": words}}
    return Reply(status=status, body=json.dumps(body).encode(), headers={**_JSON, **headers})


def _number(text: str | None) -> float:
    try:
        number = float(text or 0)
    except ValueError:
        return 0
    return number if 0 <= number <= _LARGEST else 0
