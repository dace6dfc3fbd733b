"""Twilio: a message resource, and the error's body with a code of the dictionary.

https://www.twilio.com/docs/messaging/api/message-resource
https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions
https://www.twilio.com/docs/api/errors
"""

import json

from tests.unit.providers.vectors.vector import (
    BAD,
    CONFIG,
    DEAD,
    PERSON,
    PLACE,
    RETRY,
    SENT,
    UNSURE,
    Vector,
)

DOCS = "https://www.twilio.com/docs/messaging/api/message-resource"


def _error(code: int, status: int = 400) -> str:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return json.dumps({"code": code, "message": "…", "more_info": more, "status": status})


def _message(**fields: object) -> str:
    return json.dumps({"sid": "SM1", "status": "queued", "error_code": None} | fields)


VECTORS = [
    Vector(201, _message(), SENT, message_id="SM1"),
    Vector(201, _message(status="accepted"), SENT, message_id="SM1"),
    Vector(201, _message(status="failed", error_code=30006), CONFIG, "30006", concerns=PERSON),
    Vector(201, _message(status="undelivered", error_code=99999), BAD, "not_sent"),
    Vector(201, "{}", UNSURE),
    Vector(200, "<html>", UNSURE),
    Vector(401, _error(20003, 401), CONFIG, "20003"),
    Vector(401, "", CONFIG),
    Vector(404, _error(20404, 404), CONFIG, "20404"),
    Vector(429, _error(20429, 429), RETRY, "20429"),
    Vector(429, _error(20429, 429), RETRY, headers={"retry-after": "3"}, wait=3),
    Vector(429, _error(14107, 429), RETRY),
    Vector(429, _error(21611, 429), RETRY, wait=60),
    Vector(429, _error(63038, 429), RETRY, wait=3600),
    Vector(400, _error(21211), CONFIG, "21211", concerns=PERSON),
    Vector(400, _error(21614), DEAD, "21614"),
    Vector(400, _error(21635), DEAD),
    Vector(400, _error(21265), DEAD),
    Vector(400, _error(21610), CONFIG, "21610", concerns=PERSON),
    Vector(400, _error(21408), CONFIG, concerns=PLACE),
    Vector(400, _error(21608), CONFIG, concerns=PLACE),
    Vector(400, _error(21612), CONFIG, concerns=PLACE),
    Vector(400, _error(21617), BAD),
    Vector(400, _error(21606), CONFIG),
    Vector(400, _error(21705), CONFIG),
    Vector(400, _error(30002), CONFIG),
    Vector(400, _error(12345), BAD),
    Vector(500, _error(20500, 500), RETRY),
    Vector(503, "", RETRY),
]
