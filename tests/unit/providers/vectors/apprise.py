"""Apprise: the status of the first refusal it met, and whether it was content in the end.

https://github.com/caronc/apprise/wiki/Development_API
"""

from tests.unit.providers.vectors.vector import BAD, CONFIG, PLACE, RETRY, SENT, Vector

DOCS = "https://github.com/caronc/apprise/wiki/Development_API"

_YES, _NO = {"apprise-notified": "yes"}, {"apprise-notified": "no"}

VECTORS = [
    Vector(200, "", SENT, "", _YES),
    Vector(201, '{"id": 1}', SENT, "", _YES),
    Vector(204, "", SENT, "", _YES),
    Vector(200, '{"ok": false}', RETRY, "not_notified", _NO),
    Vector(200, "", RETRY, "not_notified"),
    Vector(302, "", CONFIG, "http_302", _NO),
    Vector(400, "", BAD, "http_400", _NO),
    Vector(401, "", CONFIG, "http_401", _NO),
    Vector(403, "", CONFIG, "http_403", _NO),
    Vector(404, "", CONFIG, "http_404", _NO, concerns=PLACE),
    Vector(410, "", CONFIG, "http_410", _NO, concerns=PLACE),
    Vector(408, "", RETRY, "http_408", _NO),
    Vector(413, "", BAD, "http_413", _NO),
    Vector(422, "", BAD, "http_422", _NO),
    Vector(429, "", RETRY, "http_429", {**_NO, "retry-after": "7"}, wait=7),
    Vector(500, "", RETRY, "http_500", _NO),
    Vector(502, "<html>", RETRY, "http_502", _NO),
    Vector(503, "", RETRY, "http_503", {**_NO, "retry-after": "120"}, wait=120),
]
