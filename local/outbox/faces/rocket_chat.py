"""Rocket.Chat."""

from local.outbox.face import Arrival, Reply, as_json

HOSTS: tuple[str, ...] = ()
_KINDS = {
    "error-invalid-room": 400,
    "error-message-size-exceeded": 400,
    "error-not-allowed": 400,
    "error-room-not-found": 400,
    "error-too-many-requests": 429,
}


def _error(kind: str, status: int) -> Reply:
    words = "You must wait 2 seconds before trying this endpoint again." if status == 429 else "No"  # noqa: PLR2004
    error = {"success": False, "error": f"{words} [{kind}]", "errorType": kind}
    return as_json(error, status)


FAILURES = {
    **{kind: _error(kind, status) for kind, status in _KINDS.items()},
    "unauthorized": as_json(
        {"status": "error", "message": "You must be logged in to do this."}, 401
    ),
    "failed": as_json({"success": False, "error": "as asked"}),
}


def success(arrival: Arrival) -> Reply:
    id, room = arrival.field("message", "_id"), arrival.field("message", "rid")
    message = {"_id": id or str(arrival.id), "rid": room, "msg": arrival.field("message", "msg")}
    return as_json({"ts": 1_700_000_000_000, "channel": room, "message": message, "success": True})
