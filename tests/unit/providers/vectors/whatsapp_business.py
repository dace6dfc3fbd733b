"""WhatsApp Business: Meta's numbered errors; the statuses beside them vary.

https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
"""

from tests.unit.providers.vectors.vector import BAD, CONFIG, PERSON, RETRY, SENT, UNSURE, Vector

DOCS = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes"

_SENT = (
    '{"messaging_product": "whatsapp", "contacts": [{"input": "49", "wa_id": "49"}],'
    ' "messages": [{"id": "wamid.HBgL"}]}'
)


def _error(code):
    details = f'"error_data": {{"messaging_product": "whatsapp", "details": "no"}}, "code": {code}'
    return f'{{"error": {{"message": "(#{code}) no", "type": "OAuthException", {details}}}}}'


_CODES = {
    (400, CONFIG): (131021, 131026, 131030, 131042, 131050, 133010, 368),
    (400, BAD): (
        100,
        131008,
        131009,
        131047,
        131051,
        132000,
        132001,
        132005,
        132007,
        132012,
        132016,
    ),
    (401, CONFIG): (0, 190),
    (403, CONFIG): (3, 10, 200, 299, 131005, 131031),
    (500, RETRY): (1, 2, 131000, 131016, 133004),
    (429, RETRY): (4, 80007, 130429, 131057),
}

VECTORS = [
    Vector(200, _SENT, SENT, "", message_id="wamid.HBgL"),
    Vector(200, '{"messages": []}', UNSURE, "unreadable_answer"),
    Vector(200, "{}", UNSURE, "unreadable_answer"),
    Vector(200, "<html>", UNSURE),
    Vector(200, _error(131026), CONFIG, "131026", concerns=PERSON),
    Vector(200, _error(999_999), BAD, "error"),
    Vector(400, _error(131048), RETRY, "131048", wait=14_400),
    Vector(400, _error(131049), RETRY, wait=86_400),
    Vector(400, _error(130472), RETRY, wait=86_400),
    Vector(400, _error(131056), RETRY, wait=6),
    Vector(400, _error(131056), RETRY, headers={"retry-after": "9"}, wait=9),
    Vector(400, _error(999_999), BAD, "http_400"),
    Vector(401, "", CONFIG, "http_401"),
    Vector(404, "", CONFIG, "http_404"),
    Vector(429, "", RETRY, "http_429"),
    Vector(503, "<html>", RETRY, "http_503"),
    Vector(400, '{"error": {"code": "131026"}}', BAD, "http_400"),
    *(
        Vector(status, _error(code), outcome, str(code))
        for (status, outcome), codes in _CODES.items()
        for code in codes
    ),
]
