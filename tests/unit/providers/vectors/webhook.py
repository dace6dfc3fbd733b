"""Generic webhooks: statuses alone count.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from tests.unit.providers.vectors.vector import BAD, CONFIG, DEAD, RETRY, SENT, Vector

_MEANING = {
    SENT: (200, 201, 202, 204, 299),
    CONFIG: (300, 301, 302, 303, 307, 308, 401, 403, 404),
    BAD: (400, 402, 405, 406, 409, 411, 413, 414, 415, 418, 422, 499),
    RETRY: (408, 425, 429, 500, 501, 502, 503, 504, 520, 524, 599),
    DEAD: (410,),
}

VECTORS = [
    Vector(status, "whatever", outcome)
    for outcome, statuses in _MEANING.items()
    for status in statuses
]
