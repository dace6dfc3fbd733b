"""Stream Chat: numbered errors.

https://getstream.io/chat/docs/rest/#api-errors
https://getstream.io/chat/docs/node/api_errors_response/
"""

from tests.unit.providers.vectors.vector import BAD, CONFIG, RETRY, SENT, UNSURE, Vector

DOCS = "https://getstream.io/chat/docs/rest/#api-errors"

_DATE = "Sun, 01 Nov 2026 10:00:00 GMT"
_AT_10_00_30 = "1793527230"


def _error(code, message="no"):
    return f'{{"code": {code}, "message": "{message}", "StatusCode": 400, "duration": "0.00ms"}}'


_BY_STATUS = {
    (400, BAD): (4, 6, 19, 20, 21, 73),
    (400, CONFIG): (2, 3, 5),
    (401, CONFIG): (40, 41, 42, 43, 69),
    (403, CONFIG): (17, 99),
    (404, CONFIG): (16,),
    (408, UNSURE): (23,),
    (413, BAD): (22,),
    (403, RETRY): (60,),
}

VECTORS = [
    Vector(
        201, '{"message": {"id": "dlv_1", "text": "x"}, "duration": "7ms"}', SENT, "", {}, "dlv_1"
    ),
    Vector(200, '{"message": {"id": "dlv_1"}}', SENT),
    Vector(201, "{}", UNSURE, "unreadable_answer"),
    Vector(201, '{"message": "x"}', UNSURE),
    Vector(200, "<html>", UNSURE),
    Vector(400, _error(4, "Message with ID dlv_1 already exists"), SENT, "duplicate"),
    Vector(429, _error(9), RETRY, "9"),
    Vector(
        429,
        _error(9),
        RETRY,
        headers={"x-ratelimit-reset": _AT_10_00_30, "date": _DATE},
        wait=30,
    ),
    Vector(429, _error(9), RETRY, headers={"x-ratelimit-reset": "soon"}),
    Vector(429, "", RETRY, "http_429"),
    Vector(500, _error(-1), RETRY, "http_500"),
    Vector(502, "<html>", RETRY, "http_502"),
    Vector(400, _error(77), BAD, "http_400"),
    Vector(401, "", CONFIG, "http_401"),
    Vector(404, "", CONFIG, "http_404"),
    Vector(400, '{"code": "4"}', BAD, "http_400"),
    *(
        Vector(status, _error(code), outcome, str(code))
        for (status, outcome), codes in _BY_STATUS.items()
        for code in codes
    ),
]
