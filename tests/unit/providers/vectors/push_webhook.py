"""Push webhooks: the tenant's own service, sorted by status; an id is kept.

https://docs.novu.co/platform/integrations/push/push-webhook
"""

from tests.unit.providers.vectors.vector import CONFIG, DEAD, RETRY, SENT, Vector

DOCS = "https://docs.novu.co/platform/integrations/push/push-webhook"

VECTORS = [
    Vector(200, '{"id": "m1"}', SENT, "", message_id="m1"),
    Vector(200, "", SENT, "", message_id=""),
    Vector(201, '{"id": 7}', SENT, "", message_id=""),
    Vector(202, "accepted", SENT),
    Vector(204, "", SENT),
    Vector(301, "", RETRY, "http_301"),
    Vector(400, "", RETRY),
    Vector(401, "", CONFIG),
    Vector(403, "", CONFIG),
    Vector(404, "", RETRY, "http_404"),
    Vector(405, "", RETRY),
    Vector(408, "", RETRY),
    Vector(410, "", DEAD, "http_410"),
    Vector(413, "", RETRY),
    Vector(422, "", RETRY),
    Vector(425, "", RETRY),
    Vector(429, "", RETRY, headers={"retry-after": "4"}, wait=4),
    Vector(500, "", RETRY),
    Vector(502, "<html>", RETRY),
    Vector(503, "", RETRY, headers={"retry-after": "4"}, wait=4),
    Vector(524, "", RETRY),
]
