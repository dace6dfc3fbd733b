"""Zulip: messages of a bot, and a webhook in Slack's format."""

from local.outbox.face import Arrival, Reply, as_json

HOSTS: tuple[str, ...] = ()
_STATUSES = {
    "BAD_REQUEST": 400,
    "INVALID_API_KEY": 401,
    "REALM_DEACTIVATED": 401,
    "REQUEST_VARIABLE_MISSING": 400,
    "STREAM_DOES_NOT_EXIST": 400,
    "UNAUTHORIZED": 401,
    "USER_DEACTIVATED": 401,
}


def _error(code: str, status: int, **more: object) -> Reply:
    return as_json({"result": "error", "msg": "as asked", "code": code, **more}, status)


FAILURES = {
    **{code: _error(code, status) for code, status in _STATUSES.items()},
    "RATE_LIMIT_HIT": _error("RATE_LIMIT_HIT", 429, **{"retry-after": 2.5}),
}


def success(arrival: Arrival) -> Reply:
    told = {"id": arrival.id} if "messages" in arrival.segments else {}
    return as_json({"result": "success", "msg": "", **told})
