"""Replay: make deliveries anew, to addresses where their subscribers can be reached today.

The new deliveries belong to an invocation of their own and name those they repeat (`replay_of`).
A delivery is made anew by one replay, unless a later one is to repeat that. A step that the queue
repeats comes out the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from carillon.domain.activity.replays import UNSUCCESSFUL, Replay, Replayed, ReplayRange
from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.base import ids
from carillon.domain.base.channels import Channel
from carillon.domain.base.spans import Span
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.delivery import routing
from carillon.domain.delivery.chunking import RecipientDeliveries
from carillon.domain.delivery.deliveries import Delivery, DeliveryRecord, Status
from carillon.domain.delivery.invocations import Job, JobPosition
from carillon.domain.delivery.routes import Routes
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.delivery.waiting import DeliveryKey
from carillon.domain.intake.overrides import Overrides
from carillon.domain.integrations.integrations import Integration
from carillon.ports import TenantPorts
from carillon.usecases.activity import progress
from carillon.usecases.activity.find_deliveries import DeliveryView
from carillon.usecases.audience import erasures
from carillon.usecases.delivery import cutting
from carillon.usecases.integrations import lookup
from carillon.usecases.setup.event_setup import EventSetup
from carillon.usecases.tenancy import deletion, tenants

PAGE_SIZE = 500  # deliveries that one message makes anew
_JOBS_AT_ONCE = 20  # of up to 100 invocations each

type Made = Sequence[tuple[Channel, Delivery]]


def replay(
    id: str,
    *,
    invocation: str,
    deliveries: Iterable[str] = (),
    statuses: Iterable[Status] = UNSUCCESSFUL,
    repeat: bool = False,
    ports: TenantPorts,
) -> Replay:
    """Send a replay of an invocation to its queue; the same id is the same replay.

    Where one replay has made all the named deliveries anew, return that, unless they are to be
    made anew once more (`repeat`). Raise NotFound for an unknown invocation, Unavailable when the
    queue did not take the replay.
    """
    ports.invocations.get(invocation)
    asked = Replay(
        id=id,
        tenant=ports.tenant,
        accepted_at=ports.clock.now(),
        invocation=invocation,
        statuses=tuple(statuses),
        deliveries=tuple(deliveries),
        repeat=repeat,
    )
    if not repeat and (first := _first(asked, ports)):
        return replace(asked, id=first)
    ports.queues.send_replays([asked])
    return asked


def _first(asked: Replay, ports: TenantPorts) -> str | None:
    """Return the id of the one replay that has made all the named deliveries anew, if there is."""
    wanted = {DeliveryKey(asked.invocation, id) for id in asked.deliveries}
    found = ports.replays.get_many(sorted(wanted)) if wanted else {}
    replays = {one.replay for one in found.values()}
    return replays.pop() if len(replays) == 1 and found.keys() == wanted else None


def replayed(deliveries: Iterable[DeliveryView], *, ports: TenantPorts) -> Mapping[str, str]:
    """Return by delivery id the latest invocations in which the deliveries were made anew."""
    wanted = [DeliveryKey(one.invocation, one.delivery) for one in deliveries]
    found = ports.replays.get_many(wanted) if wanted else {}
    return {key.delivery: one.invocation for key, one in found.items()}


def replay_range(
    id: str,
    *,
    span: Span,
    event: str | None = None,
    statuses: Iterable[Status] = UNSUCCESSFUL,
    repeat: bool = False,
    ports: TenantPorts,
) -> ReplayRange:
    """Send a replay of all invocations accepted in a span of time, or those of one event type.

    Raise Invalid for a span of more than 31 days, Unavailable when the queue did not take it.
    """
    now = ports.clock.now()
    since, until = span.bounded(now)
    asked = ReplayRange(
        id=id,
        tenant=ports.tenant,
        accepted_at=now,
        since=since,
        upto=JobPosition(until),
        statuses=tuple(statuses),
        event=event,
        repeat=repeat,
    )
    ports.queues.send_replays([asked])
    return asked


def replay_some(step: ReplayRange, *, ports: TenantPorts) -> None:
    """Send the replays of some jobs' invocations, then the next step, to the queue."""
    if tenants.is_gone(ports=ports):
        return
    jobs = ports.invocations.jobs(since=step.since, upto=step.upto, limit=_JOBS_AT_ONCE + 1)
    replays: list[Replay | ReplayRange] = [
        step.replay_of(head)
        for job in jobs[:_JOBS_AT_ONCE]
        for head in job.invocations
        if step.event in {None, head.event}
        and head.id != job.id  # a replay is its own job
        and SkipReason.DUPLICATE not in head.skipped  # the job that has it lists it too
    ]
    if len(jobs) > _JOBS_AT_ONCE:
        replays.append(replace(step, upto=JobPosition(jobs[-1].accepted_at, jobs[-1].id)))
    if replays:
        ports.queues.send_replays(replays)


def replay_page(page: Replay, *, ports: TenantPorts) -> None:
    """Make a page of an invocation's deliveries anew, then send the next page to the queue."""
    ports.record.refresh(since=page.accepted_at)
    if tenants.is_gone(ports=ports):
        deletion.forget_replay(page, ports=ports)
        return
    found = progress.deliveries(page.invocation, page.cursor, PAGE_SIZE, ports=ports)
    chosen = _unclaimed([one for one in found.items if _is_chosen(one, page)], page, ports)
    planned = page.planned
    job = _record(page, ports) if chosen or planned or not page.quiet else None
    if job and chosen:
        planned += _send_again(found.items, chosen, page, job, ports)
    if found.cursor:  # last: else the repetition of this page would repeat all behind it
        ports.queues.send_replays([replace(page, cursor=found.cursor, planned=planned)])
    elif job:
        ports.invocations.enlist(job, {page.target: planned}, ranges=1)


def _unclaimed(
    chosen: Sequence[DeliveryRecord], page: Replay, ports: TenantPorts
) -> frozenset[str]:
    """Return the ids of the chosen deliveries that no other replay has made anew."""
    ids = frozenset(one.delivery for one in chosen)
    if page.repeat or not ids:
        return ids
    by = replayed(chosen, ports=ports)
    return frozenset(id for id in ids if by.get(id, page.target) == page.target)


def _record(page: Replay, ports: TenantPorts) -> Job:
    """Record the new invocation; return its job as it was recorded the first time."""
    original = ports.invocations.get(page.invocation).invocation
    anew = page.made_anew(original)
    job = Job(id=anew.id, tenant=page.tenant, accepted_at=page.accepted_at, invocations=(anew,))
    ports.invocations.record(job)
    return replace(job, accepted_at=ports.invocations.get(anew.id).accepted_at)


def _send_again(
    found: Sequence[DeliveryRecord],
    chosen: frozenset[str],
    page: Replay,
    job: Job,
    ports: TenantPorts,
) -> int:
    """Send the chosen deliveries anew; return how many new ones that makes."""
    people = {one.subscriber for one in found if one.delivery in chosen and one.subscriber}
    wanted = {one.integration for one in found if one.delivery in chosen and one.integration}
    original = ports.invocations.get(page.invocation)
    erased = erasures.erased(people, original.accepted_at, ports=ports)
    known = lookup.all_with(wanted, ports=ports)
    [anew] = job.invocations
    events = EventSetup.load([anew.event_key], ports=ports)
    again = _Again(
        page=page,
        event=events.types.get(anew.event_key),
        integrations={i.id: i for i in known},
        people=ports.subscribers.get_many(sorted(people - erased)),
        erased=erased,
        known=frozenset(one.delivery for one in found),
        context=anew.context.identifier if anew.context else None,
        overrides=anew.overrides,
    )
    made = {one.delivery: tuple(again(one)) for one in found if one.delivery in chosen}
    kept = _claimed(made, page, job, ports)
    # Chosen or not, each has a place, so that a change meanwhile moves no other.
    recipients = [RecipientDeliveries(page.target, kept.get(one.delivery, ())) for one in found]
    sent = cutting.send(job.invocations, recipients, job, step=page.cursor or "", ports=ports)
    return sent.deliveries.get(page.target, 0)


def _claimed(
    made: Mapping[str, Made], page: Replay, job: Job, ports: TenantPorts
) -> Mapping[str, Made]:
    """Return what this replay may make of each delivery: all, or what it made in an earlier run.

    What is only skipped is not claimed, so that it can be replayed once the reason is gone.
    """
    claims = {
        id: Replayed(
            replay=page.id,
            invocation=page.target,
            at=job.accepted_at,
            deliveries=tuple(new.id for _, new in some),
        )
        for id, some in made.items()
        if not all(new.skip for _, new in some)
    }
    if not claims:
        return made
    stored = ports.replays.claim(page.invocation, claims, again=page.repeat)
    kept = dict(made)
    for id, one in stored.items():
        ours = one.deliveries if one.invocation == page.target else ()
        kept[id] = tuple((channel, new) for channel, new in made[id] if new.id in ours)
    return kept


@dataclass(frozen=True, kw_only=True)
class _Again:
    """Makes a delivery anew: to the same address, or to a new one if that is gone.

    One that was skipped is made where its subscriber is reached on its channel today. What cannot
    be made anew is skipped, with today's reason.
    """

    page: Replay
    event: EventType | None  # None when its type is gone by now
    integrations: Mapping[str, Integration]
    people: Mapping[str, Subscriber]
    known: frozenset[str]  # deliveries of the original
    context: str | None
    overrides: Overrides
    erased: frozenset[str]  # subscribers who were deleted since the original

    def __call__(self, one: DeliveryRecord) -> Iterator[tuple[Channel, Delivery]]:
        found = self._routed(one)
        if not isinstance(found, SkipReason):
            before = {new.id: self._original(new) for new in found}
            same = [new for new in found if before[new.id] == one.delivery]
            # An address of another delivery of the original is left to that one's own repetition.
            found = same or [new for new in found if before[new.id] not in self.known]
        channel = self._channel(one)
        if found is SkipReason.DELETED_SUBSCRIBER:
            one = one.anonymous
        if isinstance(found, SkipReason) or not found:
            found = [self._skipped(one, found or SkipReason.NO_ADDRESS, channel)]
        for new in found:
            yield channel, replace(new, replay_of=one.delivery)

    def _routed(self, one: DeliveryRecord) -> Sequence[Delivery] | SkipReason:
        """Return where the delivery may go today, or why nowhere."""
        if one.erased or one.subscriber in self.erased:
            return SkipReason.DELETED_SUBSCRIBER
        integration = self.integrations.get(one.integration)
        if self.event and not self.event.active:
            return SkipReason.EVENT_TYPE_INACTIVE
        if one.integration and integration is None:
            return SkipReason.NO_INTEGRATION
        if one.subscriber is None:
            return self._to_integration(integration)
        subscriber = self.people.get(one.subscriber)
        if subscriber is None:
            return SkipReason.UNKNOWN_SUBSCRIBER
        carriers = [integration] if integration else list(self.integrations.values())
        routes = Routes.of(
            self.event,
            [self._channel(one)],
            carriers,
            context=self.context,
            overrides=self.overrides,
        )
        found = [new for _, new in routing.to_subscriber(self.page.target, subscriber, routes)]
        sent = [new for new in found if not new.skip]
        return sent or next((new.skip for new in found if new.skip), sent)

    def _to_integration(self, integration: Integration | None) -> Sequence[Delivery] | SkipReason:
        if integration is None:
            return SkipReason.NO_INTEGRATION
        if not integration.usable:
            return SkipReason.INTEGRATION_INACTIVE
        if self.event and not self.event.goes_by(integration):
            return SkipReason.MUTED
        return [routing.to_integration(self.page.target, integration)[1]]

    def _skipped(self, one: DeliveryRecord, reason: SkipReason, channel: Channel) -> Delivery:
        """Return the skip of a repetition, by the delivery's id: a subscriber may have several."""
        new = routing.skipped(
            self.page.target,
            reason,
            subscriber=one.subscriber,
            integration=one.integration,
            provider=one.provider,
            channel=channel,
        )
        return replace(new, id="dlv_" + ids.derived("skip", self.page.target, one.delivery))

    def _channel(self, one: DeliveryRecord) -> Channel:
        """Return the channel of the delivery; records of older versions lack it."""
        integration = self.integrations.get(one.integration)
        return one.channel or (integration.channel if integration else Channel.OTHER)

    def _original(self, new: Delivery) -> str:
        """Return the id of the original invocation's delivery to the same address."""
        return routing.delivery_id(
            self.page.invocation, new.subscriber, new.integration, new.address
        )


def _is_chosen(one: DeliveryRecord, page: Replay) -> bool:
    return one.status in page.statuses and (not page.deliveries or one.delivery in page.deliveries)
