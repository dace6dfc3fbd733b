"""A tenant's own push service."""

from local.outbox.face import Arrival, Reply, as_json, empty

HOSTS: tuple[str, ...] = ()
FAILURES = {"410": empty(410), "404": empty(404)}


def success(arrival: Arrival) -> Reply:
    return as_json({"id": f"push-{arrival.id}"})
