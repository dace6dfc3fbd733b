"""Discord: https://discord.com/developers/docs/topics/opcodes-and-status-codes"""

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

DOCS = "https://discord.com/developers/docs/topics/opcodes-and-status-codes"

VECTORS = [
    Vector(200, '{"id": "1", "type": 0}', SENT, "", message_id="1"),
    Vector(200, "{}", UNSURE, "unreadable_answer"),
    Vector(200, "<html>", UNSURE, "unreadable_answer"),
    Vector(204, "", SENT, ""),
    Vector(400, '{"code": 50035, "message": "Invalid Form Body"}', BAD, "50035"),
    Vector(400, '{"code": 50006, "message": "Cannot send an empty message"}', BAD, "50006"),
    Vector(400, '{"code": 220001, "message": "Webhooks posted to forum …"}', CONFIG, "220001"),
    Vector(401, '{"code": 50027, "message": "Invalid Webhook Token"}', DEAD, "50027"),
    Vector(403, "error code: 1010", CONFIG, "http_403"),
    Vector(404, '{"code": 10015, "message": "Unknown Webhook"}', DEAD, "10015"),
    Vector(404, "", CONFIG, "http_404", concerns=PLACE),
    Vector(413, '{"code": 40005, "message": "Request entity too large"}', BAD, "40005"),
    Vector(429, '{"retry_after": 1.3}', RETRY, "http_429"),
    Vector(503, '{"code": 130000, "message": "API overloaded"}', RETRY, "130000"),
    Vector(502, "<html>", RETRY, "http_502"),
]
