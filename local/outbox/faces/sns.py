"""SMS. They come by SNS; requests posted here imitate them."""

from local.outbox.face import Arrival, Reply, as_json

HOSTS: tuple[str, ...] = ()
FAILURES: dict[str, Reply] = {}


def success(_: Arrival) -> Reply:
    return as_json({})
