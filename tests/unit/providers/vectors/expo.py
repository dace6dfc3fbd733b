"""Expo: a ticket for the message, in a 200 that may hold an error.

https://docs.expo.dev/push-notifications/sending-notifications/#push-ticket-errors
https://docs.expo.dev/push-notifications/sending-notifications/#request-errors
"""

from tests.unit.providers.vectors.vector import BAD, CONFIG, DEAD, RETRY, SENT, UNSURE, Vector

DOCS = "https://docs.expo.dev/push-notifications/sending-notifications/#push-ticket-errors"

_ID = "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX"


def _ticket(error):
    return f'{{"data": {{"status": "error", "message": "no", "details": {{"error": "{error}"}}}}}}'


def _request_error(code):
    return f'{{"errors": [{{"code": "{code}", "message": "no"}}]}}'


VECTORS = [
    Vector(200, f'{{"data": {{"status": "ok", "id": "{_ID}"}}}}', SENT, "", message_id=_ID),
    Vector(200, f'{{"data": [{{"status": "ok", "id": "{_ID}"}}]}}', SENT, "", message_id=_ID),
    Vector(200, '{"data": {"status": "ok"}}', SENT, "", message_id=""),
    Vector(200, _ticket("DeviceNotRegistered"), DEAD, "DeviceNotRegistered"),
    Vector(
        200,
        '{"data": [{"status": "error", "details": {"error": "DeviceNotRegistered"}}]}',
        DEAD,
        "DeviceNotRegistered",
    ),
    Vector(200, _ticket("MessageTooBig"), BAD, "MessageTooBig"),
    Vector(200, _ticket("MessageRateExceeded"), RETRY, "MessageRateExceeded"),
    Vector(200, _ticket("MismatchSenderId"), CONFIG, "MismatchSenderId"),
    Vector(200, _ticket("InvalidCredentials"), CONFIG, "InvalidCredentials"),
    Vector(200, _ticket("SomethingNew"), BAD, "SomethingNew"),
    Vector(200, '{"data": {"status": "error", "message": "no"}}', BAD, "error"),
    Vector(
        200,
        '{"data": {"status": "ok", "id": "1"}, "errors": [{"code": "TOO_MANY_REQUESTS"}]}',
        RETRY,
        "TOO_MANY_REQUESTS",
    ),
    Vector(200, '{"data": {"status": "ok", "id": "1"}, "errors": ["no"]}', UNSURE),
    Vector(200, '{"data": {"status": "ok", "id": "1"}, "errors": []}', SENT, message_id="1"),
    Vector(200, '{"data": []}', UNSURE, "unreadable_answer"),
    Vector(200, "{}", UNSURE, "unreadable_answer"),
    Vector(200, "<html>", UNSURE, "unreadable_answer"),
    Vector(200, _request_error("VALIDATION_ERROR"), BAD, "VALIDATION_ERROR"),
    Vector(400, _request_error("PUSH_TOO_MANY_EXPERIENCE_IDS"), CONFIG),
    Vector(400, _request_error("PUSH_TOO_MANY_NOTIFICATIONS"), BAD, "PUSH_TOO_MANY_NOTIFICATIONS"),
    Vector(400, _request_error("VALIDATION_ERROR"), BAD, "VALIDATION_ERROR"),
    Vector(401, _request_error("UNAUTHORIZED"), CONFIG, "UNAUTHORIZED"),
    Vector(403, "", CONFIG, "http_403"),
    Vector(413, "", BAD, "http_413"),
    Vector(429, _request_error("TOO_MANY_REQUESTS"), RETRY, "TOO_MANY_REQUESTS"),
    Vector(429, "", RETRY, headers={"retry-after": "2"}, wait=2),
    Vector(500, _request_error("INTERNAL_SERVER_ERROR"), RETRY, "INTERNAL_SERVER_ERROR"),
    Vector(504, "<html>", RETRY, "http_504"),
]
