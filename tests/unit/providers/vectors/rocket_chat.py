"""Rocket.Chat: `success`, and the type of its error.

https://github.com/RocketChat/Rocket.Chat/blob/develop/apps/meteor/app/api/server/ApiClass.ts
https://developer.rocket.chat/docs/rate-limiters
"""

from tests.unit.providers.vectors.vector import BAD, CONFIG, RETRY, SENT, UNSURE, Vector

DOCS = (
    "https://github.com/RocketChat/Rocket.Chat/blob/develop/apps/meteor/app/api/server/ApiClass.ts"
)

_DATE = "Sun, 01 Nov 2026 10:00:00 GMT"
_AT_10_00_30 = "1793527230000"
_TOO_MANY = (
    "Error, too many requests. Please slow down. You must wait 45 seconds before trying this"
)


def _error(kind, text="no"):
    return f'{{"success": false, "error": "{text} [{kind}]", "errorType": "{kind}"}}'


VECTORS = [
    Vector(200, '{"success": true, "message": {"_id": "dlv_1"}}', SENT, "", message_id="dlv_1"),
    Vector(200, '{"success": true}', SENT, "", message_id=""),
    Vector(200, '{"success": false, "error": "no"}', BAD, "error"),
    Vector(200, _error("error-invalid-room"), CONFIG, "error-invalid-room"),
    Vector(200, "{}", UNSURE, "unreadable_answer"),
    Vector(200, "<html>", UNSURE, "unreadable_answer"),
    Vector(400, _error("error-invalid-room"), CONFIG, "error-invalid-room"),
    Vector(400, _error("error-room-not-found"), CONFIG, "error-room-not-found"),
    Vector(400, '{"success": false, "error": "error-invalid-room"}', CONFIG, "error-invalid-room"),
    Vector(400, _error("error-not-allowed"), CONFIG, "error-not-allowed"),
    Vector(400, _error("error-action-not-allowed"), CONFIG),
    Vector(400, _error("error-invalid-user"), CONFIG),
    Vector(400, _error("error-message-size-exceeded"), BAD, "error-message-size-exceeded"),
    Vector(400, _error("error-something-new"), BAD, "http_400"),
    Vector(401, '{"status": "error", "message": "You must be logged in to do this."}', CONFIG),
    Vector(403, '{"success": false, "error": "unauthorized"}', CONFIG, "http_403"),
    Vector(404, "", CONFIG, "http_404"),
    Vector(429, _error("error-too-many-requests"), RETRY, "error-too-many-requests"),
    Vector(429, _error("error-too-many-requests", _TOO_MANY), RETRY, wait=45),
    Vector(
        429,
        _error("error-too-many-requests"),
        RETRY,
        headers={"x-ratelimit-reset": _AT_10_00_30, "date": _DATE},
        wait=30,
    ),
    Vector(429, "", RETRY, headers={"x-ratelimit-reset": "9" * 30}),
    Vector(500, "", RETRY),
    Vector(502, "<html>", RETRY, "http_502"),
]
