"""Tell an invocation's progress from the records of its deliveries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from carillon.domain.audience.subscribers import SHARDS, SubscriberChanges
from carillon.domain.base.paging import Page
from carillon.domain.delivery.deliveries import DeliveryRecord, Status
from carillon.domain.delivery.invocations import FrozenPage, Progress, RecordedInvocation
from carillon.domain.delivery.skips import NO_SKIPS, SkipReason, Skips
from carillon.domain.delivery.waiting import DeliveryKey
from carillon.ports import TenantPorts
from carillon.usecases.delivery import fan_out


@dataclass(frozen=True)
class FanOutProgress:
    """The number of recipients and deliveries so far, and whether that is all of them.

    Who is named twice, by an id or a topic, counts twice. `skipped` counts, by reason, what has no
    delivery of its own; `deliveries` are without it.
    """

    recipients: int
    deliveries: int
    complete: bool
    skipped: Skips = NO_SKIPS


@dataclass(frozen=True, kw_only=True)
class InvocationProgress:
    recorded: RecordedInvocation
    progress: Progress
    counts: Mapping[Status, int]
    skipped: Skips
    reach: FanOutProgress

    @property
    def planned(self) -> int:
        """How many deliveries, and skips without one, there are so far.

        Fan-out that a crash has repeated, after the set-up changed, may have made more of them than
        its last run planned: what is on record counts.
        """
        planned = self.reach.deliveries + sum(self.reach.skipped.values())
        return max(planned, sum(self.counts.values()))


def follow(id: str, *, ports: TenantPorts) -> InvocationProgress:
    recorded = ports.invocations.get(id)
    found = reach(recorded, ports=ports)  # first: what it found is counted after
    counts, reasons = _count(recorded, ports)
    counts[Status.SKIPPED] += sum(found.skipped.values())
    skipped = reasons + Counter(found.skipped)
    by_status = {status: counts[status] for status in Status if counts[status]}
    return InvocationProgress(
        recorded=recorded,
        progress=progress(by_status, found),
        counts=by_status,
        skipped={reason: skipped[reason] for reason in SkipReason if skipped[reason]},
        reach=found,
    )


def _count(
    recorded: RecordedInvocation, ports: TenantPorts
) -> tuple[Counter[Status], Counter[SkipReason]]:
    """Count an invocation's deliveries by status, and the skipped by reason, reading no record.

    To its chunk a delivery that was handed over is retrying for ever: its own item knows better.
    """
    id = recorded.invocation.id
    counts: Counter[Status] = Counter()
    reasons: Counter[SkipReason] = Counter()
    for standing, number in ports.chunks.tally(recorded.job, id).items():
        if isinstance(standing, Status):
            counts[standing] = number
        else:
            reasons[standing] = number
    if handed_over := counts.pop(Status.RETRYING, 0):
        own = ports.waiting.tally(id)
        counts.update(own)
        counts[Status.RETRYING] += max(0, handed_over - sum(own.values()))
    return counts, reasons


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
    complete = head is not None and found and all(page.planned is not None for page in pages)
    skipped = Counter(head.skipped if head else NO_SKIPS)
    for topic in topics:
        skipped += _skipped([page for page in pages if page.topic == topic], complete)
    return FanOutProgress(
        recipients=len(named) + sum(page.size for page in pages),
        deliveries=(head.planned if head else 0) + sum(page.planned or 0 for page in pages),
        complete=complete,
        skipped=skipped,
    )


def _skipped(pages: Sequence[FrozenPage], complete: bool) -> Counter[SkipReason]:
    """Count what a topic's pages skip; of an empty topic, the topic itself."""
    counts: Counter[SkipReason] = Counter()
    for page in pages:
        counts.update(page.skipped)
    unknown = counts.pop(SkipReason.UNKNOWN_TOPIC, 0)
    if complete and not any(page.size for page in pages):
        counts[SkipReason.UNKNOWN_TOPIC if unknown else SkipReason.EMPTY_TOPIC] += 1
    return counts


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
    """Return how far an invocation has come; `counts` are with what is skipped without delivery."""
    planned = reach.deliveries + sum(reach.skipped.values())
    total, sent = sum(counts.values()), counts.get(Status.SENT, 0)
    if not reach.complete and total == 0 and planned == 0:
        return Progress.ACCEPTED
    if counts.get(Status.RETRYING) or total < planned or not reach.complete:
        return Progress.PROCESSING
    wanted = total - counts.get(Status.SKIPPED, 0)
    if not wanted:
        return Progress.COMPLETED
    if sent == wanted:
        return Progress.SENT
    return Progress.PARTIALLY_FAILED if sent else Progress.FAILED
