"""Answer as the real services do: success, or a failure that the request asks for.

The path's first segment names the provider; the rest is free. Anywhere in the path or the body,
`fail/<code>` asks for a failure that the service documents, `status/<number>` for a status and
`slow/<seconds>` for a pause before the answer.
"""

import re
from functools import cache
from http import HTTPStatus
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import cast
from urllib.parse import unquote_to_bytes

from local.outbox.face import Arrival, Face, Reply, as_json, empty, text

_LARGEST = 600  # a status, or seconds
_FACES = Path(__file__).with_name("faces")
PROVIDERS = frozenset(path.stem.replace("_", "-") for path in _FACES.glob("[a-z]*.py"))

# Inside a text, but not inside a longer path.
_WISH = re.compile(rb"(?<![\w/.%-])(fail|status|slow)/([A-Za-z0-9_.-]{1,80})")


@cache
def face(provider: str) -> Face:
    return cast("Face", import_module(f"local.outbox.faces.{provider.replace('-', '_')}"))


def reply(arrival: Arrival) -> Reply:
    wishes = _wishes(arrival)
    pause = _number(wishes.get("slow"))
    answer = _answer(arrival, wishes.get("fail"), int(_number(wishes.get("status"))))
    return Reply(status=answer.status, body=answer.body, headers=answer.headers, pause=pause)


def _wishes(arrival: Arrival) -> dict[str, str]:
    """Return the failures asked for; the path overrides the body."""
    body = arrival.body
    if b"%2F" in body:
        body = unquote_to_bytes(body.replace(b"+", b" "))
    found = {kind.decode(): code.decode() for kind, code in _WISH.findall(body)}
    return {**found, **dict(pairwise(arrival.segments[1:]))}


def _answer(arrival: Arrival, failure: str | None, status: int) -> Reply:
    provider = arrival.segments[0]
    if provider not in PROVIDERS:
        return _by_status(provider, status) if status in range(200, 600) else as_json({})
    own = face(provider)
    if failure:
        found = own.FAILURES.get(failure.rstrip("."))
        if found is None:
            known = ", ".join(sorted(own.FAILURES))
            return as_json({"message": f"The outbox knows these failures: {known or 'none'}"}, 400)
        return found if isinstance(found, Reply) else found(arrival)
    if status in range(200, 600):
        return _by_status(provider, status)
    return own.success(arrival)


# Slack's incoming webhooks answer with one word.
_SLACK_WORDS = {
    200: "ok",
    400: "invalid_payload",
    403: "action_prohibited",
    404: "channel_not_found",
    410: "channel_is_archived",
    429: "rate_limited",
    500: "rollup_error",
}


def _by_status(provider: str, status: int) -> Reply:
    headers = {"retry_after": "1"} if status in {429, 503} else {}
    if status // 100 == 3:  # noqa: PLR2004 - redirections
        headers["location"] = "/webhook/redirected"
    if status in {204, 304}:
        return empty(status, **headers)
    if provider == "slack":
        return text(_SLACK_WORDS.get(status, "error"), status, **headers)
    words = HTTPStatus(status).phrase if status in HTTPStatus else ""
    return as_json({"error": {"code": status, "message": words}}, status, **headers)


def _number(text: str | None) -> float:
    try:
        number = float(text or 0)
    except ValueError:
        return 0
    return number if 0 <= number <= _LARGEST else 0
