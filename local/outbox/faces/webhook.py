"""A tenant's own endpoint."""

from local.outbox.face import Arrival, Reply, as_json, empty

HOSTS: tuple[str, ...] = ()
FAILURES = {"410": empty(410)}


def success(_: Arrival) -> Reply:
    return as_json({})
