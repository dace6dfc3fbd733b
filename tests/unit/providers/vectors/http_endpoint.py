"""Subscriptions' own HTTP endpoints: statuses alone count.

https://developer.sailpoint.com/docs/extensibility/event-triggers/subscription-types/http
"""

from tests.unit.providers.vectors.vector import BAD, CONFIG, DEAD, RETRY, SENT, Vector

_MEANING = {
    SENT: (200, 201, 202, 204, 299),
    CONFIG: (301, 302, 307, 401, 403, 404),
    BAD: (400, 402, 405, 409, 413, 415, 422),
    RETRY: (408, 425, 429, 500, 502, 503, 504),
    DEAD: (410,),
}

VECTORS = [
    Vector(status, '{"approved": true}', outcome)
    for outcome, statuses in _MEANING.items()
    for status in statuses
]
