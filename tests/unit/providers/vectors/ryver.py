"""Ryver: statuses alone, since it documents no body.

https://support.ryver.com/articles/inbound-webhooks
"""

from tests.unit.providers.vectors.vector import BAD, CONFIG, DEAD, PLACE, RETRY, SENT, Vector

DOCS = "https://support.ryver.com/articles/inbound-webhooks"

VECTORS = [
    Vector(200, "", SENT, ""),
    Vector(200, "<html>", SENT, ""),
    Vector(201, '{"id": 1}', SENT),
    Vector(204, "", SENT),
    Vector(302, "", CONFIG, "http_302"),
    Vector(400, "Bad Request", BAD, "http_400"),
    Vector(401, "", CONFIG, "http_401"),
    Vector(403, "", CONFIG, "http_403"),
    Vector(404, "Not Found", CONFIG, "http_404", concerns=PLACE),
    Vector(405, "", BAD),
    Vector(410, "", DEAD, "http_410"),
    Vector(413, "", BAD, "http_413"),
    Vector(415, "", BAD),
    Vector(429, "", RETRY, "http_429"),
    Vector(429, "", RETRY, headers={"retry-after": "12"}, wait=12),
    Vector(500, "", RETRY),
    Vector(502, "<html>", RETRY, "http_502"),
    Vector(503, "", RETRY),
    Vector(504, "", RETRY),
]
