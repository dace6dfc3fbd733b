"""Tell what became of an invocation, from the accounts of its deliveries."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from carillon.domain.deliveries import Attempted, Status
from carillon.domain.invocations import Recorded
from carillon.domain.paging import Page
from carillon.domain.waiting import DeliveryKey
from carillon.ports import Ports

_PAGE = 1000


class Progress(StrEnum):
    """How far an invocation has come, as far as its deliveries have been attempted."""

    ACCEPTED = "accepted"  # no delivery attempted yet, or none to make
    PROCESSING = "processing"
    SENT = "sent"
    PARTIALLY_FAILED = "partially_failed"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Followed:
    recorded: Recorded
    progress: Progress
    counts: Mapping[Status, int]


def follow(id: str, *, tenant: str, ports: Ports) -> Followed:
    recorded = ports.invocations.get(tenant, id)
    counts = Counter(account.status for account in _accounts(recorded, tenant=tenant, ports=ports))
    ordered = {status: counts[status] for status in Status if counts[status]}
    return Followed(recorded=recorded, progress=progress(ordered), counts=ordered)


def deliveries(
    id: str, cursor: str | None, limit: int, *, tenant: str, ports: Ports
) -> Page[Attempted]:
    recorded = ports.invocations.get(tenant, id)
    page = ports.chunks.of_invocation(tenant, recorded.job, id, cursor, limit)
    return Page(up_to_date(page.items, tenant=tenant, ports=ports), page.cursor)


def up_to_date(accounts: Sequence[Attempted], *, tenant: str, ports: Ports) -> Sequence[Attempted]:
    """The accounts that chunks keep; of what stands for itself since, its own."""
    waiting = [
        DeliveryKey(one.invocation, one.delivery) for one in accounts if not one.status.final
    ]
    if not waiting:
        return accounts
    own = {w.delivery.id: w.account for w in ports.waiting.get_many(tenant, waiting)}
    return [own.get(one.delivery, one) for one in accounts]


def progress(counts: Mapping[Status, int]) -> Progress:
    total, sent = sum(counts.values()), counts.get(Status.SENT, 0)
    if total == 0:
        return Progress.ACCEPTED
    if counts.get(Status.RETRYING):
        return Progress.PROCESSING
    if sent == total:
        return Progress.SENT
    return Progress.PARTIALLY_FAILED if sent else Progress.FAILED


def _accounts(recorded: Recorded, *, tenant: str, ports: Ports) -> Iterator[Attempted]:
    cursor: str | None = None
    while True:
        page = ports.chunks.of_invocation(
            tenant, recorded.job, recorded.invocation.id, cursor, _PAGE
        )
        yield from up_to_date(page.items, tenant=tenant, ports=ports)
        cursor = page.cursor
        if cursor is None:
            return
