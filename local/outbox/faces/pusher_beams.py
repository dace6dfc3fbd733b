"""Pusher Beams."""

from local.outbox.face import Arrival, Reply, as_json

HOSTS = (".pushnotifications.pusher.com",)
_ERRORS = {
    "400": "Bad request",
    "401": "Unauthorized",
    "402": "Payment required",
    "404": "Instance not found",
    "413": "Payload too large",
    "422": "Unprocessable entity",
    "429": "Too many requests",
}
FAILURES = {
    status: as_json({"error": error, "description": "as asked"}, int(status))
    for status, error in _ERRORS.items()
}


def success(arrival: Arrival) -> Reply:
    return as_json({"publishId": f"pubid-{arrival.id}"})
