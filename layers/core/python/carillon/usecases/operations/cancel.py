"""Cancel an invocation: no delivery of it is sent any more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from carillon.domain.delivery import lifecycle
from carillon.domain.delivery.deliveries import DeliveryRecord, Status
from carillon.domain.delivery.invocations import Progress
from carillon.domain.delivery.lifecycle import OpenDelivery
from carillon.domain.delivery.waiting import DeliveryKey
from carillon.ports import TenantPorts
from carillon.usecases.activity import progress

_PAGES = 10  # of deliveries that end at once; the rest end when they are next due
_PAGE_SIZE = 1000


def cancel(id: str, *, ports: TenantPorts) -> bool:
    """Cancel the invocation's open deliveries; return whether anything was still to come.

    A delivery that waits for a retry is cancelled now, one that is queued when its turn comes. One
    that a worker is sending may still be sent. Raise NotFound for an invocation that does not
    exist, or is not fanned out yet.
    """
    before = progress.follow(id, ports=ports)
    ports.invocations.cancel(id, ports.clock.now())
    cursor: str | None = None
    for _ in range(_PAGES):
        page = progress.deliveries(id, cursor, _PAGE_SIZE, ports=ports)
        waiting = [
            DeliveryKey(id, one.delivery) for one in page.items if one.status is Status.RETRYING
        ]
        end_waiting(waiting, lifecycle.cancel, ports=ports)
        cursor = page.cursor
        if cursor is None:
            break
    return before.progress is Progress.PROCESSING or not before.reach.complete


class Ending(Protocol):
    """An event of the lifecycle that ends a delivery without sending it."""

    def __call__(self, open_delivery: OpenDelivery, *, at: datetime) -> DeliveryRecord: ...


def end_waiting(
    keys: Sequence[DeliveryKey], end: Ending, *, ports: TenantPorts
) -> frozenset[DeliveryKey]:
    """End the deliveries that wait for a retry, and return the keys of all that exist as items.

    A delivery that a worker holds at this moment is left to that worker.
    """
    now = ports.clock.now()
    found = ports.waiting.get_many(keys) if keys else []
    ended = [
        one.recorded(end(one.open, at=now), now)
        for one in found
        if not one.record.status.final and not one.is_held(now)
    ]
    if ended:
        ports.waiting.record(ended)
    return frozenset(one.key for one in found)
