"""Grafana OnCall: a formatted webhook."""

from local.outbox.face import Arrival, Reply, text

HOSTS: tuple[str, ...] = ()
FAILURES = {
    "403": text("Forbidden", 403),
    "429": text("Alert group creation has been rate limited for this integration", 429),
}


def success(_: Arrival) -> Reply:
    return text("Ok.")
