"""Pusher Beams: the id of what was published, for users it knows or not.

https://pusher.com/docs/beams/reference/publish-api/#error-responses
"""

from tests.unit.providers.vectors.vector import BAD, CONFIG, RETRY, SENT, UNSURE, Vector

DOCS = "https://pusher.com/docs/beams/reference/publish-api/#error-responses"


def _error(error):
    return f'{{"error": "{error}", "description": "no"}}'


VECTORS = [
    Vector(200, '{"publishId": "pubid-1"}', SENT, "", message_id="pubid-1"),
    Vector(200, "{}", UNSURE, "unreadable_answer"),
    Vector(200, '{"publishId": ""}', UNSURE),
    Vector(200, "<html>", UNSURE, "unreadable_answer"),
    Vector(202, "", UNSURE),
    Vector(302, "", CONFIG),
    Vector(400, _error("Bad request"), BAD, "http_400"),
    Vector(401, _error("Unauthorized"), CONFIG, "http_401"),
    Vector(402, _error("Payment required"), CONFIG, "http_402"),
    Vector(403, "", CONFIG),
    Vector(404, _error("Instance not found"), CONFIG, "http_404"),
    Vector(413, _error("Payload too large"), BAD, "http_413"),
    Vector(415, "", BAD),
    Vector(422, _error("Unprocessable entity"), BAD, "http_422"),
    Vector(429, _error("Too many requests"), RETRY, "http_429"),
    Vector(429, "", RETRY, headers={"retry-after": "1"}, wait=1),
    Vector(500, _error("Internal server error"), RETRY, "http_500"),
    Vector(502, "<html>", RETRY),
    Vector(503, "", RETRY),
]
