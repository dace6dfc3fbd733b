"""Mail by SMTP, posted here by `local.outbox.smtp`."""

from local.outbox.face import Arrival, Reply, empty

HOSTS: tuple[str, ...] = ()
FAILURES: dict[str, Reply] = {}


def success(arrival: Arrival) -> Reply:
    return empty(200, x_outbox_id=f"{arrival.id:06d}")
