"""WhatsApp Business, by Meta's Cloud API."""

from local.outbox.face import Arrival, Reply, as_json

HOSTS = ("graph.facebook.com",)
_STATUSES = {
    0: 401, 3: 500, 4: 400, 10: 403, 100: 400, 190: 401, 368: 403, 80007: 400, 130429: 400,
    131000: 500, 131008: 400, 131016: 500, 131021: 400, 131026: 400, 131030: 400, 131031: 403,
    131047: 400, 131048: 400, 131049: 400, 131050: 400, 131056: 400, 132000: 400, 132001: 404,
    133010: 400,
}  # fmt: skip


def _error(code: int, status: int) -> Reply:
    details = {"messaging_product": "whatsapp", "details": "as asked"}
    error = {"message": f"(#{code}) as asked", "type": "OAuthException", "code": code}
    return as_json({"error": {**error, "error_data": details, "fbtrace_id": "A0"}}, status)


FAILURES = {str(code): _error(code, status) for code, status in _STATUSES.items()}


def success(arrival: Arrival) -> Reply:
    to = arrival.field("to")
    return as_json(
        {
            "messaging_product": "whatsapp",
            "contacts": [{"input": to, "wa_id": to}],
            "messages": [{"id": f"wamid.{arrival.id}", "message_status": "accepted"}],
        }
    )
