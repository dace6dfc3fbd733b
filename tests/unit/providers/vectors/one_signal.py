"""OneSignal: a 200 with an empty id, or with its one address among the errors, sent nothing.

https://documentation.onesignal.com/reference/push-notification
https://github.com/OneSignal/api/blob/main/openapi.yaml (CreateNotificationSuccessResponse)
"""

from tests.unit.providers.vectors.vector import BAD, CONFIG, RETRY, SENT, UNSURE, Vector

DOCS = "https://documentation.onesignal.com/reference/push-notification"

_ID = "b3a3b6a8-6a2e-4a8b-9d8e-4f3c1c9a9d11"

VECTORS = [
    Vector(200, f'{{"id": "{_ID}", "external_id": null}}', SENT, "", message_id=_ID),
    Vector(200, f'{{"id": "{_ID}", "recipients": 1}}', SENT),
    Vector(
        200,
        '{"id": "", "errors": ["All included players are not subscribed"]}',
        CONFIG,
        "not_subscribed",
    ),
    Vector(
        200,
        '{"id": "", "recipients": 0, "errors": ["All included players are not subscribed"]}',
        CONFIG,
    ),
    Vector(
        200, '{"id": "", "errors": {"invalid_player_ids": ["x"]}}', CONFIG, "invalid_player_ids"
    ),
    Vector(200, f'{{"id": "{_ID}", "errors": {{"invalid_player_ids": ["x"]}}}}', CONFIG),
    Vector(
        200,
        f'{{"id": "{_ID}", "errors": {{"invalid_aliases": {{"external_id": ["x"]}}}}}}',
        CONFIG,
        "invalid_aliases",
    ),
    Vector(
        200,
        f'{{"id": "{_ID}", "errors": {{"invalid_external_user_ids": ["x"]}}}}',
        CONFIG,
        "invalid_external_user_ids",
    ),
    Vector(200, '{"id": "", "errors": ["something new"]}', BAD, "nothing_sent"),
    Vector(
        200,
        f'{{"id": "{_ID}", "errors": ["something new"]}}',
        UNSURE,
        "errors",
        message_id=_ID,
    ),
    Vector(200, f'{{"id": "{_ID}", "errors": []}}', SENT, "", message_id=_ID),
    Vector(200, '{"id": ""}', UNSURE, "unreadable_answer"),
    Vector(200, "{}", UNSURE, "unreadable_answer"),
    Vector(200, "<html>", UNSURE, "unreadable_answer"),
    Vector(400, '{"errors": ["Message Notifications must have English language content"]}', BAD),
    Vector(
        400, '{"errors": ["All included players are not subscribed"]}', CONFIG, "not_subscribed"
    ),
    Vector(400, '{"errors": ["app_id not found"]}', CONFIG, "app_id"),
    Vector(
        400, '{"errors": ["Incorrect player_id format in include_player_ids"]}', BAD, "http_400"
    ),
    Vector(401, '{"errors": ["Access denied."]}', CONFIG, "http_401"),
    Vector(403, '{"errors": ["Invalid or missing authentication token"]}', CONFIG, "http_403"),
    Vector(404, "", CONFIG),
    Vector(409, '{"errors": ["idempotency_key is in use"]}', BAD, "http_409"),
    Vector(
        429, '{"errors": ["API rate limit exceeded"]}', RETRY, headers={"retry-after": "8"}, wait=8
    ),
    Vector(429, "", RETRY, headers={"retryafter": "8"}, wait=8),
    Vector(429, "", RETRY, headers={"retryafter": "soon"}),
    Vector(500, "", RETRY, "http_500"),
    Vector(503, "<html>", RETRY, "http_503"),
    Vector(503, '{"errors": ["All included players are not subscribed"]}', RETRY, "http_503"),
]
