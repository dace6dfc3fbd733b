"""Look up deliveries and invocations: by invocation, by subscriber, by status and time.

What a page reads is bounded, so it may be short, or empty, before the end: its cursor goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from carillon.domain.activity.history import Entry
from carillon.domain.base import cursors
from carillon.domain.base.channels import Channel
from carillon.domain.base.paging import Page, sift
from carillon.domain.base.spans import Span
from carillon.domain.delivery.deliveries import CHUNK_SIZE, QUEUED, DeliveryRecord, Status
from carillon.domain.delivery.invocations import InvocationSummary, JobPosition, JobSummary
from carillon.domain.delivery.skips import SkipReason
from carillon.ports import TenantPorts
from carillon.usecases.activity.progress import up_to_date
from carillon.usecases.audience import erasures

_MOST = 100  # jobs, or entries of a history, that a page reads
_MOST_ACCOUNTS = 100 * CHUNK_SIZE
_MOST_RANGES = 320  # partitions of jobs: one with topics has 16
_MOST_HEADS = 100_000

# A delivery as readers see it: its record, or a history entry whose record does not exist yet.
type DeliveryView = DeliveryRecord | Entry


@dataclass(frozen=True, kw_only=True)
class DeliveryFilter:
    """Deliveries with one of the statuses and one of the channels, or all.

    `attempted` leaves out what has no account yet, `addressed` what is to no subscriber, and
    `unskipped` what was never meant to be sent.
    """

    statuses: frozenset[str] = frozenset()
    channels: frozenset[Channel] = frozenset()
    attempted: bool = False
    addressed: bool = False
    unskipped: bool = False

    @property
    def few(self) -> bool:
        """Whether filling a page may take many reads."""
        return bool(self.statuses or self.channels)

    def takes(self, one: DeliveryView) -> bool:
        if self.attempted and not isinstance(one, DeliveryRecord):
            return False
        if self.addressed and one.subscriber is None:
            return False
        if self.unskipped and status_of(one) == Status.SKIPPED:
            return False
        if self.channels and one.channel not in self.channels:
            return False
        return not self.statuses or status_of(one) in self.statuses


@dataclass(frozen=True, kw_only=True)
class ActivityEntry:
    """An invocation as the activity list shows it."""

    head: InvocationSummary
    accepted_at: datetime


def status_of(one: DeliveryView) -> str:
    return one.status if isinstance(one, DeliveryRecord) else QUEUED


def of_invocation(
    id: str,
    wanted: DeliveryFilter,
    cursor: str | None,
    limit: int,
    *,
    subscriber: str | None = None,
    ports: TenantPorts,
) -> Page[DeliveryView]:
    """Raise NotFound when there is no such invocation."""
    recorded = ports.invocations.get(id)
    if subscriber is not None:
        at = recorded.accepted_at
        moment = Span(at, at + timedelta.resolution)
        reader = _Reader(wanted, ports, frozenset({id}))
        return reader.history(subscriber, moment, cursor, limit)
    most = _MOST_ACCOUNTS if wanted.few else limit
    page = ports.chunks.of_invocation(recorded.job, id, cursor, most)
    return _Reader(wanted, ports).sift(page, page.items, limit)


def of_subscriber(
    subscriber: str,
    span: Span,
    wanted: DeliveryFilter,
    cursor: str | None,
    limit: int,
    *,
    ports: TenantPorts,
) -> Page[DeliveryView]:
    """List a subscriber's deliveries, newest event first; none for an unknown subscriber."""
    return _Reader(wanted, ports).history(subscriber, span, cursor, limit)


def of_tenant(
    span: Span,
    event: str | None,
    wanted: DeliveryFilter,
    cursor: str | None,
    limit: int,
    *,
    ports: TenantPorts,
) -> Page[DeliveryView]:
    """List all recorded deliveries, those of the newest job first.

    Raise Invalid for a span of more than 31 days.
    """
    name = f"{ports.tenant}/deliveries"
    since, upto, inside = _position(name, cursor, span, ports.clock.now())
    found: list[DeliveryView] = []
    left, ranges = _MOST_ACCOUNTS, 0
    jobs = ports.invocations.jobs(since=since, upto=upto, limit=_MOST + 1)
    for number, job in enumerate(jobs):
        if number == _MOST or left <= 0 or ranges >= _MOST_RANGES or len(found) == limit:
            return Page(found, _behind(name, job))
        among = frozenset(head.id for head in job.invocations if event in {None, head.event})
        if not among:
            continue
        room = limit - len(found)
        most = left if wanted.few or event else room
        inner = inside or None if job.id == upto.id else None
        page = ports.chunks.of_job(job.id, inner, most, ranges=job.ranges)
        some = _Reader(wanted, ports, among).sift(page, page.items, room)
        found += some.items
        left, ranges = left - len(page.items), ranges + job.ranges
        if some.cursor is not None:
            return Page(found, _behind(name, job, some.cursor))
    return Page(found)


def activity(
    span: Span, event: str | None, cursor: str | None, limit: int, *, ports: TenantPorts
) -> Page[ActivityEntry]:
    """List invocations, newest job first, from the start of their fan-out on.

    Raise Invalid for a span of more than 31 days.
    """
    name = f"{ports.tenant}/activity"
    since, upto, inside = _position(name, cursor, span, ports.clock.now())
    skipped = cursors.number(inside or "0", _MOST_HEADS)
    most = limit if event is None else _MOST
    jobs = ports.invocations.jobs(since=since, upto=upto, limit=most + 1)
    places = [
        (job, place)
        for job in jobs[:most]
        for place, head in enumerate(job.invocations)
        if event in {None, head.event} and (place >= skipped or job.id != upto.id)
    ]
    next_ = [*places[limit:], *((job, 0) for job in jobs[most:])]
    shown = [(job, job.invocations[place]) for job, place in places[:limit]]
    # A repeated transaction id is listed in both jobs and belongs to one: elsewhere it is shown
    # as a duplicate.
    owners = ports.invocations.jobs_of([head.id for _, head in shown])
    return Page(
        [
            ActivityEntry(head=head, accepted_at=job.accepted_at)
            for job, head in shown
            if owners.get(head.id) == job.id or SkipReason.DUPLICATE in head.skipped
        ],
        _behind(name, next_[0][0], str(next_[0][1])) if next_ else None,
    )


@dataclass(frozen=True)
class _Reader:
    """Updates deliveries that were read, and keeps those that pass the filter."""

    wanted: DeliveryFilter
    ports: TenantPorts
    among: frozenset[str] | None = None  # only these invocations, if given

    def history(
        self, subscriber: str, span: Span, cursor: str | None, limit: int
    ) -> Page[DeliveryView]:
        hidden = erasures.hidden_until(subscriber, ports=self.ports)
        since = max(span.since or hidden, hidden + hidden.resolution) if hidden else span.since
        page = self.ports.history.of_subscriber(
            subscriber,
            since=since,
            until=span.until,
            cursor=cursor,
            limit=_MOST if self.wanted.few else limit,
        )
        chunks = list(dict.fromkeys(entry.chunk for entry in page.items if self._is_of(entry)))
        records = self.ports.chunks.get_many(chunks)
        return self.sift(page, [records.get(one.delivery, one) for one in page.items], limit)

    def sift[T](
        self, page: Page[T], told: Sequence[DeliveryView], limit: int
    ) -> Page[DeliveryView]:
        known = [one for one in told if isinstance(one, DeliveryRecord) and self._is_of(one)]
        current = {o.delivery: o for o in up_to_date(known, ports=self.ports)}
        now = [current.get(one.delivery, one) for one in told]
        kept = [one if self._is_of(one) and self.wanted.takes(one) else None for one in now]
        return sift(page, kept, limit)

    def _is_of(self, one: DeliveryView) -> bool:
        return self.among is None or one.invocation in self.among


def _position(
    name: str, cursor: str | None, span: Span, now: datetime
) -> tuple[datetime, JobPosition, str]:
    """Return the span's start and the page's start: a job, and a position within the job."""
    since, until = span.bounded(now)
    if cursor is None:
        return since, JobPosition(until), ""
    at, id, inside = cursors.decode(name, cursor, 3)
    place = JobPosition(cursors.time(at), id)
    return since, min(place, JobPosition(until)), inside


def _behind(name: str, job: JobSummary, inside: str = "") -> str:
    return cursors.encode(name, job.accepted_at.isoformat(), job.id, inside)
