"""Mattermost: an incoming webhook; errors have ids."""

from local.outbox.face import Arrival, Reply, as_json, text

HOSTS: tuple[str, ...] = ()
_STATUSES = {
    "channel": 404,
    "channel_locked": 403,
    "disabled": 501,
    "invalid": 400,  # the webhook was deleted
    "parse": 400,
    "permissions": 403,
    "text": 400,
    "user": 403,
}


def _error(word: str, status: int) -> Reply:
    id = f"web.incoming_webhook.{word}.app_error"
    return as_json(
        {"id": id, "message": "as asked", "request_id": "", "status_code": status}, status
    )


FAILURES = {word: _error(word, status) for word, status in _STATUSES.items()}


def success(_: Arrival) -> Reply:
    return text("ok")
