"""Zulip: `result`, and a `code` that stays the same in every language.

https://zulip.com/api/rest-error-handling
https://github.com/zulip/zulip/blob/main/zerver/lib/exceptions.py
"""

from tests.unit.providers.vectors.vector import BAD, CONFIG, PLACE, RETRY, SENT, UNSURE, Vector

DOCS = "https://zulip.com/api/rest-error-handling"


def _error(code, **more):
    extra = "".join(f', "{name}": {value}' for name, value in more.items())
    return f'{{"result": "error", "msg": "In ihrer Sprache", "code": "{code}"{extra}}}'


VECTORS = [
    Vector(200, '{"result": "success", "msg": "", "id": 42}', SENT, "", message_id="42"),
    Vector(200, '{"result": "success", "msg": ""}', SENT, "", message_id=""),
    Vector(200, '{"ok": true}', SENT, ""),
    Vector(200, '{"ok": false, "error": "x"}', UNSURE),
    Vector(200, "{}", UNSURE, "unreadable_answer"),
    Vector(200, "<html>login</html>", UNSURE, "unreadable_answer"),
    Vector(200, _error("BAD_REQUEST"), BAD, "BAD_REQUEST"),
    Vector(200, _error("STREAM_DOES_NOT_EXIST"), CONFIG, "STREAM_DOES_NOT_EXIST"),
    Vector(200, _error("SOMETHING_NEW"), BAD, "SOMETHING_NEW"),
    Vector(400, _error("BAD_REQUEST"), BAD, "BAD_REQUEST"),
    Vector(400, _error("STREAM_DOES_NOT_EXIST", stream='"nonexistent"'), CONFIG),
    Vector(400, _error("REQUEST_VARIABLE_MISSING"), BAD, "REQUEST_VARIABLE_MISSING"),
    Vector(400, _error("REQUEST_VARIABLE_INVALID"), BAD),
    Vector(401, _error("UNAUTHORIZED"), CONFIG, "UNAUTHORIZED"),
    Vector(401, _error("INVALID_API_KEY"), CONFIG, "INVALID_API_KEY"),
    Vector(401, _error("BAD_REQUEST"), CONFIG, "BAD_REQUEST"),
    Vector(403, _error("USER_DEACTIVATED"), CONFIG, "USER_DEACTIVATED"),
    Vector(401, _error("USER_DEACTIVATED"), CONFIG),
    Vector(403, _error("REALM_DEACTIVATED"), CONFIG, "REALM_DEACTIVATED"),
    Vector(404, _error("BAD_REQUEST"), BAD),
    Vector(404, "", CONFIG, "http_404", concerns=PLACE),
    Vector(
        429, _error("RATE_LIMIT_HIT", **{"retry-after": 28.7}), RETRY, "RATE_LIMIT_HIT", wait=28.7
    ),
    Vector(429, _error("RATE_LIMIT_HIT", **{"retry-after": '"soon"'}), RETRY),
    Vector(429, _error("RATE_LIMIT_HIT"), RETRY, headers={"retry-after": "3"}, wait=3),
    Vector(500, _error("INTERNAL"), RETRY),
    Vector(502, "<html>", RETRY, "http_502"),
]
