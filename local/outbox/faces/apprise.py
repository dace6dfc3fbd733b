"""Any service that Apprise speaks to: most accept with a 200."""

from local.outbox.face import Arrival, Reply, as_json

HOSTS: tuple[str, ...] = ()
FAILURES: dict[str, Reply] = {}


def success(_: Arrival) -> Reply:
    return as_json({})
