"""Pushpad: a 201 says who was reached.

https://pushpad.xyz/docs/rest_api
https://github.com/pushpad/pushpad-python
"""

from tests.unit.providers.vectors.vector import BAD, CONFIG, PERSON, RETRY, SENT, UNSURE, Vector

DOCS = "https://pushpad.xyz/docs/rest_api"

VECTORS = [
    Vector(201, '{"id": 123456789, "scheduled": 1, "uids": ["u1"]}', SENT, "", {}, "123456789"),
    Vector(201, '{"id": 7, "scheduled": 3, "uids": ["u1"]}', SENT),
    Vector(201, '{"id": 7, "scheduled": 0, "uids": []}', CONFIG, "not_subscribed", concerns=PERSON),
    Vector(201, '{"id": 7, "scheduled": 0}', CONFIG, "not_subscribed", concerns=PERSON),
    Vector(201, '{"id": 7, "uids": []}', CONFIG, concerns=PERSON),
    Vector(201, '{"id": 7}', SENT, "", message_id="7"),
    Vector(201, "{}", UNSURE, "unreadable_answer"),
    Vector(200, "<html>", UNSURE, "unreadable_answer"),
    Vector(204, "", UNSURE),
    Vector(302, "", CONFIG, "http_302"),
    Vector(400, '{"error": "bad request"}', BAD, "http_400"),
    Vector(401, "", CONFIG, "http_401"),
    Vector(402, '{"error": "subscription required"}', CONFIG, "http_402"),
    Vector(403, "", CONFIG, "http_403"),
    Vector(404, "", CONFIG, "http_404"),
    Vector(413, "", BAD),
    Vector(422, '{"body": ["can\'t be blank"]}', BAD, "http_422"),
    Vector(429, "", RETRY, "http_429", {"retry-after": "30"}, wait=30),
    Vector(500, "", RETRY),
    Vector(502, "<html>", RETRY, "http_502"),
    Vector(503, "", RETRY),
]
