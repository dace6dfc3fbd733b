"""Tell an invocation's progress from the records of its deliveries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from carillon.domain.audience.subscribers import SHARDS, SubscriberChanges
from carillon.domain.base.paging import Page
from carillon.domain.delivery.deliveries import DeliveryRecord, Status
from carillon.domain.delivery.invocations import Progress, RecordedInvocation
from carillon.domain.delivery.waiting import DeliveryKey
from carillon.ports import TenantPorts
from carillon.usecases.delivery import fan_out


@dataclass(frozen=True)
class FanOutProgress:
    """The number of recipients and deliveries so far, and whether that is all of them.

    Who is named twice, by an id or a topic, counts twice.
    """

    recipients: int
    deliveries: int
    complete: bool


@dataclass(frozen=True, kw_only=True)
class InvocationProgress:
    recorded: RecordedInvocation
    progress: Progress
    counts: Mapping[Status, int]
    reach: FanOutProgress


def follow(id: str, *, ports: TenantPorts) -> InvocationProgress:
    recorded = ports.invocations.get(id)
    found = reach(recorded, ports=ports)  # first: what it found is counted after
    counts = count(recorded, ports=ports)
    return InvocationProgress(
        recorded=recorded,
        progress=progress(counts, found),
        counts=counts,
        reach=found,
    )


def count(recorded: RecordedInvocation, *, ports: TenantPorts) -> Mapping[Status, int]:
    """Count an invocation's deliveries by status, without reading their records.

    To its chunk a delivery that was handed over is retrying for ever: its own item knows better.
    """
    id = recorded.invocation.id
    counts = Counter(ports.chunks.tally(recorded.job, id))
    if handed_over := counts.pop(Status.RETRYING, 0):
        own = ports.waiting.tally(id)
        counts.update(own)
        counts[Status.RETRYING] += max(0, handed_over - sum(own.values()))
    return {status: counts[status] for status in Status if counts[status]}


def reach(recorded: RecordedInvocation, *, ports: TenantPorts) -> FanOutProgress:
    """Return fan-out's progress. A topic's shard is complete when its last frozen page is not full.

    A replay finds nobody: it repeats deliveries.
    """
    recipients = () if recorded.invocation.replay_of else recorded.invocation.recipients
    topics = recorded.topics
    named = {one.id for one in recipients if isinstance(one, SubscriberChanges)}
    head = ports.invocations.head(recorded)
    pages = ports.invocations.frozen_pages(recorded.invocation.id) if topics else ()
    ended = {(page.topic, page.shard) for page in pages if page.size < fan_out.PAGE_SIZE}
    found = all((topic, shard) in ended for topic in topics for shard in range(SHARDS))
    return FanOutProgress(
        recipients=len(named) + sum(page.size for page in pages),
        deliveries=(head.planned if head else 0) + sum(page.planned or 0 for page in pages),
        complete=head is not None and found and all(page.planned is not None for page in pages),
    )


def deliveries(
    id: str, cursor: str | None, limit: int, *, ports: TenantPorts
) -> Page[DeliveryRecord]:
    recorded = ports.invocations.get(id)
    page = ports.chunks.of_invocation(recorded.job, id, cursor, limit)
    return Page(up_to_date(page.items, ports=ports), page.cursor)


def up_to_date(
    records: Sequence[DeliveryRecord], *, ports: TenantPorts
) -> Sequence[DeliveryRecord]:
    """Return current records: a waiting delivery's own item is newer than its chunk."""
    waiting = [DeliveryKey(one.invocation, one.delivery) for one in records if not one.status.final]
    if not waiting:
        return records
    own = {w.delivery.id: w.record for w in ports.waiting.get_many(waiting)}
    return [own.get(one.delivery, one) for one in records]


def progress(counts: Mapping[Status, int], reach: FanOutProgress) -> Progress:
    total, sent = sum(counts.values()), counts.get(Status.SENT, 0)
    if total == 0 and reach.deliveries == 0:
        return Progress.ACCEPTED
    if counts.get(Status.RETRYING) or total < reach.deliveries or not reach.complete:
        return Progress.PROCESSING
    if sent == total:
        return Progress.SENT
    return Progress.PARTIALLY_FAILED if sent else Progress.FAILED
