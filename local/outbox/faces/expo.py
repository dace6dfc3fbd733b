"""Expo: a 200 with a ticket for each message, which may be an error."""

from local.outbox.face import Arrival, Reply, as_json

HOSTS = ("exp.host",)
_IN_TICKETS = "DeviceNotRegistered InvalidCredentials MessageRateExceeded MessageTooBig"
_OF_REQUESTS = {
    "PUSH_TOO_MANY_EXPERIENCE_IDS": 400,
    "PUSH_TOO_MANY_NOTIFICATIONS": 400,
    "TOO_MANY_REQUESTS": 429,
    "UNAUTHORIZED": 401,
}


def _ticket(error: str) -> Reply:
    ticket = {"status": "error", "message": f"{error}, as asked", "details": {"error": error}}
    return as_json({"data": ticket})


FAILURES = {
    **{error: _ticket(error) for error in (*_IN_TICKETS.split(), "MismatchSenderId")},
    **{
        code: as_json({"errors": [{"code": code, "message": f"{code}, as asked"}]}, status)
        for code, status in _OF_REQUESTS.items()
    },
}


def success(arrival: Arrival) -> Reply:
    sent = arrival.json()
    if isinstance(sent, list):
        tickets = [{"status": "ok", "id": f"{arrival.id}-{n}"} for n in range(len(sent))]
        return as_json({"data": tickets})
    return as_json({"data": {"status": "ok", "id": str(arrival.id)}})
