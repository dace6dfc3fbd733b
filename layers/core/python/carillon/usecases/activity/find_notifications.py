"""Find notifications: one event's deliveries to one subscriber."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from carillon.domain.audience.subscribers import Subscriber, SubscriberChanges
from carillon.domain.base import numbering
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import NotFound
from carillon.domain.base.numbering import Numbered, OutOfReach
from carillon.domain.base.spans import Span
from carillon.domain.base.terms import Noun
from carillon.domain.delivery.deliveries import CHUNK_SIZE, DeliveryRecord
from carillon.domain.delivery.invocations import (
    Invocation,
    JobPosition,
    JobSummary,
    RecordedInvocation,
)
from carillon.domain.delivery.skips import NO_SKIPS, SkipReason, Skips
from carillon.ports import TenantPorts
from carillon.usecases.activity import find_deliveries, progress
from carillon.usecases.activity.find_deliveries import DeliveryFilter
from carillon.usecases.activity.progress import up_to_date

_MOST_JOBS = 300  # that one call reads
_JOBS_AT_ONCE = 25
_MOST_ACCOUNTS = 100 * CHUNK_SIZE  # of one job, or one invocation
_ENTRIES = 100  # of a subscriber's history, at a time
_MOST_HISTORIES = 20  # pages of them
_EVENTS = 100  # that one request may bring, all at the same moment
_SOME = 25
_AGO = timedelta(days=31)


NO_SUBSCRIBER: Final = ""  # no subscriber has such an id


@dataclass(frozen=True, kw_only=True)
class NotificationFilter:
    """Notifications that match every filter; a filter with several values matches any of them."""

    channels: frozenset[Channel] = frozenset()
    events: frozenset[str] = frozenset()
    subscribers: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    invocation: str | None = None
    text: str = ""  # part of a subscriber's id, an email address or the invocation's id
    span: Span = field(default_factory=Span)


@dataclass(frozen=True, kw_only=True)
class Notification:
    """An invocation and one subscriber, with the deliveries that were attempted so far.

    One without a subscriber (NO_SUBSCRIBER) has the deliveries to integrations that subscribe, and
    says what was skipped of the event as a whole: by reason, how many.
    """

    recorded: RecordedInvocation
    subscriber: str
    deliveries: Sequence[DeliveryRecord] = ()
    person: Subscriber | None = None
    skipped: Skips = NO_SKIPS


def notifications(
    sought: NotificationFilter, page: int, size: int, *, ports: TenantPorts
) -> Numbered[Notification]:
    """List a page of notifications, newest first, of 31 days unless a span is given.

    What one call reads is bounded: a page that it does not reach is Invalid.
    """
    return numbering.numbered(_sifted(sought, _found(sought, ports), ports), page, size)


def notification(invocation: str, subscriber: str, *, ports: TenantPorts) -> Notification:
    """Raise NotFound unless the subscriber was a recipient of the invocation."""
    recorded = ports.invocations.get(invocation)
    if subscriber == NO_SUBSCRIBER:
        records, _ = _records(recorded, ports)
        to_nobody = [one for one in records if _subscriber(one) == NO_SUBSCRIBER]
        skipped = progress.reach(recorded, ports=ports).skipped
        return _as_a_whole(recorded, skipped, up_to_date(to_nobody, ports=ports))
    wanted = DeliveryFilter(attempted=True)
    page = find_deliveries.of_invocation(
        invocation, wanted, None, _ENTRIES, subscriber=subscriber, ports=ports
    )
    records = [one for one in page.items if isinstance(one, DeliveryRecord)]
    erased = ports.erasures.get_many([subscriber]).get(subscriber)
    known = records or subscriber in _named(recorded)
    if not known or (erased and erased.covers(recorded.accepted_at)):
        raise NotFound(Noun.NOTIFICATION, invocation)
    people = ports.subscribers.get_many([subscriber])
    return Notification(
        recorded=recorded,
        subscriber=subscriber,
        deliveries=records,
        person=people.get(subscriber),
    )


def _found(sought: NotificationFilter, ports: TenantPorts) -> Iterator[Notification]:
    if sought.invocation is not None:
        yield from _of_invocation(sought.invocation, ports)
    elif sought.subscribers:
        yield from _of_subscribers(sought, ports)
    else:
        yield from _of_tenant(sought, ports)


def _sifted(
    sought: NotificationFilter, found: Iterator[Notification], ports: TenantPorts
) -> Iterator[Notification]:
    """Keep notifications that match the filter, and add their subscribers.

    Leave out those of deleted subscribers, whose ids others may have now.
    """
    near = (one for one in found if _is_near(one, sought))
    for some in numbering.some_at_a_time(near, _SOME):
        ids = sorted({one.subscriber for one in some} - {NO_SUBSCRIBER})
        people = ports.subscribers.get_many(ids) if ids else {}
        erased = ports.erasures.get_many(ids) if ids else {}
        for one in some:
            erasure = erased.get(one.subscriber)
            if erasure and erasure.covers(one.recorded.accepted_at):
                continue
            whole = replace(one, person=people.get(one.subscriber))
            if _is_about(whole, sought):
                yield whole


def _is_near(one: Notification, sought: NotificationFilter) -> bool:
    invocation, at = one.recorded.invocation, one.recorded.accepted_at
    span = sought.span
    return (
        (not sought.events or invocation.event in sought.events)
        and (not sought.subscribers or one.subscriber in sought.subscribers)
        and (not sought.channels or any(d.channel in sought.channels for d in one.deliveries))
        and (span.since is None or at >= span.since)
        and (span.until is None or at < span.until)
    )


def _is_about(one: Notification, sought: NotificationFilter) -> bool:
    email = (one.person.email if one.person else None) or ""
    if sought.emails and email.lower() not in sought.emails:
        return False
    said = (one.subscriber, email, one.recorded.invocation.id)
    return not sought.text or any(sought.text.lower() in text.lower() for text in said)


def _of_invocation(id: str, ports: TenantPorts) -> Iterator[Notification]:
    try:
        recorded = ports.invocations.get(id)
    except NotFound:
        return
    found, is_all = _records(recorded, ports)
    skipped = {id: progress.reach(recorded, ports=ports).skipped}
    yield from _grouped({id: recorded}, up_to_date(found, ports=ports), skipped)
    if not is_all:
        raise OutOfReach


def _records(
    recorded: RecordedInvocation, ports: TenantPorts
) -> tuple[Sequence[DeliveryRecord], bool]:
    """Return an invocation's records, as many as one call reads, and whether these are all."""
    found: list[DeliveryRecord] = []
    cursor: str | None = None
    while True:
        page = ports.chunks.of_invocation(
            recorded.job, recorded.invocation.id, cursor, _MOST_ACCOUNTS
        )
        found += page.items
        cursor = page.cursor
        if cursor is None or len(found) >= _MOST_ACCOUNTS:
            return found, cursor is None


def _of_subscribers(sought: NotificationFilter, ports: TenantPorts) -> Iterator[Notification]:
    each = [_of_subscriber(id, sought.span, ports) for id in sorted(sought.subscribers)]
    yield from heapq.merge(*each, key=lambda one: one.recorded.accepted_at, reverse=True)


def _of_subscriber(id: str, span: Span, ports: TenantPorts) -> Iterator[Notification]:
    """Group by invocation. Events of one request are interleaved: the last may be incomplete."""
    groups: dict[str, list[DeliveryRecord]] = {}
    told, cursor = 0, None
    for _ in range(_MOST_HISTORIES):
        page = find_deliveries.of_subscriber(
            id, span, DeliveryFilter(attempted=True), cursor, _ENTRIES, ports=ports
        )
        for one in page.items:
            if isinstance(one, DeliveryRecord):
                groups.setdefault(one.invocation, []).append(one)
        cursor = page.cursor
        whole = max(told, len(groups) - _EVENTS) if cursor else len(groups)
        some = dict(islice(groups.items(), told, whole))
        told = whole
        recorded = ports.invocations.get_many(list(some)) if some else {}
        for invocation, records in some.items():
            if invocation in recorded:
                yield Notification(recorded=recorded[invocation], subscriber=id, deliveries=records)
        if cursor is None:
            return
    raise OutOfReach


def _of_tenant(sought: NotificationFilter, ports: TenantPorts) -> Iterator[Notification]:
    now = ports.clock.now()
    since, until = Span(sought.span.since or now - _AGO, sought.span.until).bounded(now)
    for job in _jobs(since, until, ports):
        ids = [h.id for h in job.invocations if not sought.events or h.event in sought.events]
        found = ports.invocations.get_many(ids) if ids else {}
        # A repeated transaction id is listed in both jobs and belongs to one.
        recorded = {id: found[id] for id in ids if id in found and found[id].job == job.id}
        if recorded:
            page = ports.chunks.of_job(job.id, None, _MOST_ACCOUNTS, ranges=job.ranges)
            records = up_to_date(page.items, ports=ports)
            yield from _grouped(recorded, records, _skipped(job, recorded, ports))
            if page.cursor is not None:
                raise OutOfReach
        yield from _repetitions(job, ids)


def _skipped(
    job: JobSummary, recorded: Mapping[str, RecordedInvocation], ports: TenantPorts
) -> Mapping[str, Skips]:
    """Return what was skipped of the job's own events as wholes, by their ids."""
    found: dict[str, Skips] = {}
    for head in job.invocations:
        if head.id in recorded and SkipReason.DUPLICATE not in head.skipped:
            one = recorded[head.id]
            found[head.id] = (
                progress.reach(one, ports=ports).skipped if one.topics else head.skipped
            )
    return found


def _repetitions(job: JobSummary, ids: Sequence[str]) -> Iterator[Notification]:
    for head in job.invocations:
        if head.id in ids and SkipReason.DUPLICATE in head.skipped:
            event = Invocation(id=head.id, event=head.event, application=head.application)
            yield _as_a_whole(
                RecordedInvocation(invocation=event, job=job.id, accepted_at=job.accepted_at),
                head.skipped,
            )


def _as_a_whole(
    recorded: RecordedInvocation, skipped: Skips, deliveries: Sequence[DeliveryRecord] = ()
) -> Notification:
    return Notification(
        recorded=recorded, subscriber=NO_SUBSCRIBER, skipped=skipped, deliveries=deliveries
    )


def _jobs(since: datetime, until: datetime, ports: TenantPorts) -> Iterator[JobSummary]:
    upto = JobPosition(until)
    for _ in range(0, _MOST_JOBS, _JOBS_AT_ONCE):
        jobs = ports.invocations.jobs(since=since, upto=upto, limit=_JOBS_AT_ONCE + 1)
        yield from jobs[:_JOBS_AT_ONCE]
        if len(jobs) <= _JOBS_AT_ONCE:
            return
        upto = JobPosition(jobs[-1].accepted_at, jobs[-1].id)
    raise OutOfReach


def _grouped(
    recorded: Mapping[str, RecordedInvocation],
    records: Sequence[DeliveryRecord],
    skipped: Mapping[str, Skips],
) -> Iterator[Notification]:
    """Group by invocation and subscriber; named recipients first, even if nothing was sent.

    The last of each invocation is the one without a subscriber, if it has anything to say.
    """
    groups: dict[str, dict[str, list[DeliveryRecord]]] = {
        id: {subscriber: [] for subscriber in _named(one)} for id, one in recorded.items()
    }
    for record in records:
        subscriber = _subscriber(record)
        if subscriber is not None and record.invocation in groups:
            groups[record.invocation].setdefault(subscriber, []).append(record)
    for id, by_subscriber in groups.items():
        to_nobody, skips = by_subscriber.pop(NO_SUBSCRIBER, []), skipped.get(id, NO_SKIPS)
        for subscriber, deliveries in by_subscriber.items():
            yield Notification(recorded=recorded[id], subscriber=subscriber, deliveries=deliveries)
        if to_nobody or skips:
            yield _as_a_whole(recorded[id], skips, to_nobody)


def _subscriber(record: DeliveryRecord) -> str | None:
    """Return whom the delivery is listed with; None for one whose subscriber was deleted."""
    return None if record.erased else record.subscriber or NO_SUBSCRIBER


def _named(recorded: RecordedInvocation) -> list[str]:
    recipients = recorded.invocation.recipients
    return list(dict.fromkeys(r.id for r in recipients if isinstance(r, SubscriberChanges)))
