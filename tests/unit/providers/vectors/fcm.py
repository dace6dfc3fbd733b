"""Firebase Cloud Messaging: errors as google.rpc.Status with an FcmError in its details.

https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode
https://firebase.google.com/docs/cloud-messaging/error-codes
"""

import json

from tests.unit.providers.vectors.vector import BAD, CONFIG, DEAD, RETRY, SENT, UNSURE, Vector

DOCS = "https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode"

_FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
_NOT_A_TOKEN = "The registration token is not a valid FCM registration token"


def _error(status, code, name, *, message="", field=""):
    details = [{"@type": _FCM_ERROR, "errorCode": code}] if code else []
    if field:
        details.append({"@type": _BAD_REQUEST, "fieldViolations": [{"field": field}]})
    error = {"code": status, "message": message, "status": name, "details": details}
    return json.dumps({"error": error})


_NAME = "projects/carillon/messages/0:1500415314455276%31bd1c9631bd1c96"

VECTORS = [
    Vector(200, json.dumps({"name": _NAME}), SENT, "", message_id=_NAME),
    Vector(200, "{}", UNSURE, "unreadable_answer"),
    Vector(200, '{"name": ""}', UNSURE, "unreadable_answer"),
    Vector(200, "<html>", UNSURE, "unreadable_answer"),
    Vector(404, _error(404, "UNREGISTERED", "NOT_FOUND"), DEAD, "UNREGISTERED"),
    Vector(403, _error(403, "SENDER_ID_MISMATCH", "PERMISSION_DENIED"), CONFIG),
    Vector(400, _error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT"), BAD, "INVALID_ARGUMENT"),
    Vector(
        400,
        _error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", field="message.token"),
        DEAD,
        "INVALID_ARGUMENT",
    ),
    Vector(
        400,
        _error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", message=_NOT_A_TOKEN),
        DEAD,
        "INVALID_ARGUMENT",
    ),
    Vector(
        400, _error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", field="message.data[0].value"), BAD
    ),
    Vector(400, _error(400, "", "INVALID_ARGUMENT", field="message.data"), BAD, "http_400"),
    Vector(
        401,
        _error(401, "THIRD_PARTY_AUTH_ERROR", "UNAUTHENTICATED"),
        CONFIG,
        "THIRD_PARTY_AUTH_ERROR",
    ),
    Vector(401, _error(401, "", "UNAUTHENTICATED"), CONFIG, "http_401"),
    Vector(403, _error(403, "", "PERMISSION_DENIED"), CONFIG, "http_403"),
    Vector(404, _error(404, "", "NOT_FOUND"), CONFIG, "http_404"),
    Vector(404, "<html>Not Found</html>", CONFIG, "http_404"),
    Vector(
        429, _error(429, "QUOTA_EXCEEDED", "RESOURCE_EXHAUSTED"), RETRY, "QUOTA_EXCEEDED", wait=60
    ),
    Vector(
        429,
        _error(429, "QUOTA_EXCEEDED", "RESOURCE_EXHAUSTED"),
        RETRY,
        headers={"retry-after": "90"},
        wait=90,
    ),
    Vector(
        503,
        _error(503, "UNAVAILABLE", "UNAVAILABLE"),
        RETRY,
        "UNAVAILABLE",
        headers={"retry-after": "10"},
        wait=10,
    ),
    Vector(500, _error(500, "INTERNAL", "INTERNAL"), RETRY, "INTERNAL"),
    Vector(502, "<html>That's an error.</html>", RETRY, "http_502"),
    Vector(413, "", BAD, "http_413"),
    Vector(400, '{"error": "a string"}', BAD, "http_400"),
    Vector(400, '{"error": {"details": "a string"}}', BAD, "http_400"),
    Vector(400, '{"error": {"details": [null, {"errorCode": []}]}}', BAD, "http_400"),
]
