"""Stream Chat."""

from local.outbox.face import Arrival, Reply, as_json

HOSTS = ("chat.stream-io-api.com",)
_CODES = {
    2: 401, 4: 400, 5: 401, 9: 429, 16: 404, 17: 403, 20: 400, 22: 413, 23: 408, 40: 401, 41: 401,
    42: 401, 43: 401, 60: 403, 99: 403,
}  # fmt: skip
FAILURES = {
    str(code): as_json(
        {"code": code, "message": "as asked", "StatusCode": status, "duration": "0.00ms"}, status
    )
    for code, status in _CODES.items()
}


def success(arrival: Arrival) -> Reply:
    id = arrival.field("message", "id") or str(arrival.id)
    message = {"id": id, "text": arrival.field("message", "text"), "type": "regular"}
    return as_json({"message": message, "duration": "7.12ms"}, 201)
