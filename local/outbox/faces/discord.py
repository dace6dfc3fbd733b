"""Discord: an incoming webhook, called with `wait=true`."""

from local.outbox.face import Arrival, Reply, as_json

HOSTS: tuple[str, ...] = ()


def _error(status: int, code: int, message: str) -> Reply:
    return as_json({"message": message, "code": code}, status)


FAILURES = {
    "10003": _error(404, 10003, "Unknown Channel"),
    "10015": _error(404, 10015, "Unknown Webhook"),
    "50006": _error(400, 50006, "Cannot send an empty message"),
    "50027": _error(401, 50027, "Invalid Webhook Token"),
    "50035": _error(400, 50035, "Invalid Form Body"),
    "40005": _error(413, 40005, "Request entity too large"),
    "220001": _error(400, 220001, "Webhooks posted to forum channels must have a thread_name"),
    "130000": _error(503, 130000, "API resource is currently overloaded"),
    "429": as_json(
        {"message": "You are being rate limited.", "retry_after": 1.3, "global": False},
        429,
        retry_after="2",
        x_ratelimit_scope="shared",
    ),
}


def success(arrival: Arrival) -> Reply:
    return as_json({"id": str(arrival.id), "type": 0, "content": arrival.field("content")})
