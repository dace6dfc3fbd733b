"""Grafana OnCall: a word for success, and limits without a wait.

https://github.com/grafana/oncall/blob/dev/engine/apps/integrations/views.py
https://github.com/grafana/oncall/blob/dev/engine/apps/integrations/mixins/ratelimit_mixin.py
"""

from tests.unit.providers.vectors.vector import (
    BAD,
    CONFIG,
    DEAD,
    PLACE,
    RETRY,
    SENT,
    UNSURE,
    Vector,
)

DOCS = "https://github.com/grafana/oncall/blob/dev/engine/apps/integrations/views.py"

_LIMITED = "Alert group creation has been rate limited for this integration"

VECTORS = [
    Vector(200, "Ok.", SENT, ""),
    Vector(200, '"Ok."', SENT, ""),
    Vector(200, '"Ok."\n', SENT),
    Vector(200, "ok", SENT),
    Vector(200, "", UNSURE, "unreadable_answer"),
    Vector(200, "<html>login</html>", UNSURE, "unreadable_answer"),
    Vector(200, '{"error": "no"}', UNSURE),
    Vector(302, "", CONFIG),
    Vector(400, "File upload is not allowed", BAD, "http_400"),
    Vector(401, "", CONFIG, "http_401"),
    Vector(403, "<h1>403 Forbidden</h1>", CONFIG, "http_403", concerns=PLACE),
    Vector(404, "", CONFIG, "http_404", concerns=PLACE),
    Vector(405, "", BAD),
    Vector(410, "", DEAD),
    Vector(413, "", BAD),
    Vector(429, _LIMITED, RETRY, "http_429", wait=60),
    Vector(429, _LIMITED, RETRY, headers={"retry-after": "5"}, wait=5),
    Vector(500, "", RETRY, "http_500"),
    Vector(502, "<html>", RETRY, "http_502"),
    Vector(503, "", RETRY),
]
