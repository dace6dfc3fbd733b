"""Twilio: a 201 with the message's id, or an error with a code of Twilio's own."""

from local.outbox.face import Arrival, Reply, as_json

HOSTS = ("api.twilio.com",)
_STATUSES = {
    14107: 429, 20003: 401, 20404: 404, 20429: 429, 21211: 400, 21265: 400, 21408: 400,
    21606: 400, 21608: 400, 21610: 400, 21611: 429, 21612: 400, 21614: 400, 21617: 400,
    21635: 400, 21705: 400, 30002: 400, 63038: 429,
}  # fmt: skip


def _error(code: int, status: int) -> Reply:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return as_json(
        {"code": code, "message": "as asked", "more_info": more, "status": status}, status
    )


FAILURES = {
    **{str(code): _error(code, status) for code, status in _STATUSES.items()},
    # Accepted, but not sent.
    "30006": as_json({"sid": "SM0", "status": "failed", "error_code": 30006}, 201),
}


def success(arrival: Arrival) -> Reply:
    form = arrival.form()
    return as_json(
        {
            "sid": f"SM{arrival.id:032x}",
            "status": "queued",
            "to": form.get("To", [""])[0],
            "from": form.get("From", [None])[0],
            "num_segments": "1",
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
        },
        201,
    )
