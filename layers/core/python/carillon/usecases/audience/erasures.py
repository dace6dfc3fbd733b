"""Tell what was for a deleted subscriber, and not for the next owner of the id."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from threading import Lock

from carillon.domain.audience.erasures import Erasure
from carillon.domain.base.errors import NotFound, Unavailable
from carillon.domain.base.terms import Noun
from carillon.domain.delivery.deliveries import Delivery, EventDetails
from carillon.ports import TenantPorts


def of(subscriber: str, *, ports: TenantPorts) -> Erasure:
    """Return the latest erasure of a subscriber's data; raise NotFound when there was none."""
    found = ports.erasures.get_many([subscriber]).get(subscriber)
    if found is None:
        raise NotFound(Noun.SUBSCRIBER, subscriber)
    return found


def hidden_until(subscriber: str, *, ports: TenantPorts) -> datetime | None:
    """Return the deletion until which nothing of the id may be shown; None when all may.

    What is stored from before is still being removed.
    """
    found = ports.erasures.get_many([subscriber]).get(subscriber)
    return found.at if found and found.done_at is None else None


def erased(ids: Iterable[str], accepted_at: datetime, *, ports: TenantPorts) -> frozenset[str]:
    """Return the ids whose owners were deleted after an event was accepted.

    Costs no read where nobody was deleted since.
    """
    wanted = sorted(set(ids))
    latest = ports.record.get().erased_at
    if latest is None or accepted_at > latest or not wanted:
        return frozenset()
    found = ports.erasures.get_many(wanted)
    return frozenset(id for id, one in found.items() if one.covers(accepted_at))


class ErasedDeliveries:
    """The deliveries whose subscribers were deleted after their events were accepted.

    It may be asked by several threads, and looks again once anybody else was deleted. Making it
    raises Unavailable when erasures cannot be read; later it goes by those it knows.
    """

    def __init__(
        self,
        deliveries: Iterable[Delivery],
        details: Mapping[str, EventDetails],
        *,
        ports: TenantPorts,
    ) -> None:
        self._ports = ports
        self._subscribers = {
            one.id: (one.subscriber, details[one.invocation].accepted_at)
            for one in deliveries
            if one.subscriber and one.invocation in details
        }
        self._as_of: datetime | None = None
        self._ids: frozenset[str] = frozenset()
        self._lock = Lock()
        self._look()

    def __contains__(self, delivery: Delivery) -> bool:
        if delivery.id not in self._subscribers:
            return False
        with self._lock:
            with suppress(Unavailable):  # what was sent so far must be recorded all the same
                self._look()
            return delivery.id in self._ids

    def _look(self) -> None:
        try:
            latest = self._ports.record.get().erased_at
        except NotFound:  # the tenant is gone, and nothing of it is sent any more
            return
        if latest is None or latest == self._as_of:
            return
        near = {id: (who, at) for id, (who, at) in self._subscribers.items() if at <= latest}
        people = sorted({who for who, _ in near.values()})
        found = self._ports.erasures.get_many(people) if people else {}
        self._ids = frozenset(
            id for id, (who, at) in near.items() if who in found and found[who].covers(at)
        )
        self._as_of = latest
