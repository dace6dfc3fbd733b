"""Cancel: what has not been sent of an invocation shall not be."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from carillon.domain.delivery.deliveries import DeliveryRecord, Outcome, Status
from carillon.domain.delivery.invocations import Progress
from carillon.domain.delivery.waiting import DeliveryKey
from carillon.ports import TenantPorts
from carillon.usecases.activity import progress

_PAGES = 10  # of deliveries that are ended at once; those behind end when they are next due


def cancel(id: str, *, ports: TenantPorts) -> bool:
    """Whether something of it was still to come.

    Raise NotFound for an invocation that is not there, or not fanned out yet.

    What waits for a retry is cancelled now, what is still queued when its turn comes. What a worker
    has in its hands may still be sent.
    """
    before = progress.follow(id, ports=ports)
    ports.invocations.cancel(id, ports.clock.now())
    cursor: str | None = None
    for _ in range(_PAGES):
        page = progress.deliveries(id, cursor, 1000, ports=ports)
        waiting = [
            DeliveryKey(id, one.delivery) for one in page.items if one.status is Status.RETRYING
        ]
        end_waiting(waiting, code="cancelled", ports=ports)
        cursor = page.cursor
        if cursor is None:
            break
    return before.progress is Progress.PROCESSING or not before.reach.complete


def end_waiting(
    keys: Sequence[DeliveryKey], *, code: str, ports: TenantPorts
) -> frozenset[DeliveryKey]:
    """End what waits for a retry; the keys that stand for themselves now, whatever their state.

    What a worker has at this moment is left to it.
    """
    now = ports.clock.now()
    found = ports.waiting.get_many(keys) if keys else []
    ended = [
        replace(one, record=cancelled(one.record, code, now), version=one.version + 1)
        for one in found
        if not one.record.status.final and not one.is_held(now)
    ]
    if ended:
        ports.waiting.record([one.scheduled(now) for one in ended])
    return frozenset(one.key for one in found)


def cancelled(record: DeliveryRecord, code: str, at: datetime) -> DeliveryRecord:
    """The account of a delivery that is not attempted any more."""
    return replace(
        record,
        status=Status.CANCELLED,
        outcome=Outcome.BAD,
        code=code,
        at=at,
        next_attempt_at=None,
        earlier=record.history,
    )
