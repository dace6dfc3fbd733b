"""Generic webhooks: statuses alone count.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from tests.unit.providers.vectors.vector import CONFIG, DEAD, RETRY, SENT, Vector

DOCS = "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"

_MEANING = {
    SENT: (200, 201, 202, 204, 299),
    CONFIG: (401, 403),  # a refused signature or credential, which the tenant is shown at once
    RETRY: (
        *(300, 301, 302, 303, 307, 308, 400, 402, 404, 405, 406, 408, 409, 411, 413, 414, 415, 418),
        *(422, 425, 429, 499, 500, 501, 502, 503, 504, 520, 524, 599),
    ),
    DEAD: (410,),
}

VECTORS = [
    Vector(status, "whatever", outcome)
    for outcome, statuses in _MEANING.items()
    for status in statuses
]
