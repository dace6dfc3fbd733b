"""Fan out: from accepted events to chunks of deliveries.

Every step may be repeated by the queue and then comes out the same: invocations are inserted once,
a topic's pages are frozen once, and the same deliveries make the same chunk.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from carillon.domain.audience import contexts
from carillon.domain.audience.subscribers import SHARDS, Subscriber, SubscriberChanges
from carillon.domain.audience.topics import EVERYBODY
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.delivery import chunking, routing
from carillon.domain.delivery.chunking import RecipientDeliveries
from carillon.domain.delivery.deliveries import Delivery
from carillon.domain.delivery.invocations import Invocation, Job, TopicPage, event_details
from carillon.domain.intake.triggers import Everybody, TopicRecipient
from carillon.domain.integrations.integrations import Integration
from carillon.domain.subscriptions.subscriptions import Listener, Subscription, Target
from carillon.ports import TenantPorts
from carillon.ports.subscriptions import Filters
from carillon.telemetry import log_context
from carillon.usecases.audience import updates
from carillon.usecases.integrations import lookup
from carillon.usecases.tenancy import deletion, tenants

_BY_INTEGRATION = (Target.INTEGRATION, Target.ENDPOINT)
PAGE_SIZE = 500  # members of a topic's shard that one message fans out to


def fan_out(job: Job, *, ports: TenantPorts) -> None:
    """Record a job's invocations and send everything that follows from them."""
    ports.record.refresh(since=job.accepted_at)
    if tenants.is_gone(ports=ports):
        deletion.forget(job, ports=ports)
        return
    fanned_out = [i for i in job.invocations if not i.paused]
    audience = _Audience.of(fanned_out, ports)
    ours = ports.invocations.record(job, {i.id: audience.topics(i) for i in fanned_out})
    # Events of a type together, so that their chunks fill up; the order never changes.
    invocations = sorted(
        (i for i in fanned_out if i.id in ours),
        key=lambda i: (i.application, i.event),
    )
    planned = _to_known(invocations, job, audience, ports) if invocations else {}
    pages = [page for i in invocations for page in _pages(i, job, tuple(ours[i.id]))]
    log_context.count(events=len(ours), deliveries=sum(planned.values()), pages=len(pages))
    if pages:
        ports.queues.send_pages(pages)
    ports.invocations.enlist(job, planned, ranges=SHARDS if pages else 1)


def _to_known(
    invocations: Sequence[Invocation], job: Job, audience: "_Audience", ports: TenantPorts
) -> Mapping[str, int]:
    """Send to whom the events name and to integrations; how many deliveries each event has."""
    _update_contexts(invocations, ports)
    people = _people(invocations, audience, ports)
    to_people = (
        _reach(i, people[id], audience) for i in invocations for id in _direct(i, audience)
    )
    to_targets = (_to_integrations(i, audience) for i in invocations)
    return send(invocations, [*to_people, *to_targets], job, ports)


def fan_out_page(page: TopicPage, *, ports: TenantPorts) -> None:
    """Send an invocation to one page of a topic's members, and the next page on its way."""
    ports.record.refresh(since=page.accepted_at)
    if tenants.is_gone(ports=ports):
        return
    recorded = ports.invocations.get(page.invocation)
    invocation = recorded.invocation
    found = _members(page, ports)
    # Frozen even if empty: an earlier run may have frozen members who have left since.
    members = ports.invocations.freeze_page(page, tuple(found))
    if not members:
        ports.invocations.plan_page(page, 0)
        return
    audience = _Audience.of([invocation], ports)
    served = _served(page, members, invocation, audience, ports)
    people = _known([id for id in members if id not in served], found, ports)
    places = [_reach(invocation, people.get(id), audience) for id in members]
    planned = send([invocation], places, page, ports)
    ports.invocations.plan_page(page, planned.get(invocation.id, 0))
    log_context.count(deliveries=planned.get(invocation.id, 0))
    # Last: a page that has to be repeated would otherwise have the ones behind it repeated too.
    if len(members) == PAGE_SIZE:
        ports.queues.send_pages([replace(page, after=members[-1])])


@dataclass(frozen=True)
class _Audience:
    """What a tenant has set up for the event types at hand."""

    integrations: Sequence[Integration]
    events: Mapping[tuple[str, str], EventType]
    filters: Filters
    subscriptions: Mapping[tuple[str, str], Sequence[Subscription]] = field(default_factory=dict)

    @classmethod
    def of(cls, invocations: Iterable[Invocation], ports: TenantPorts) -> "_Audience":
        kinds = sorted({(i.application, i.event) for i in invocations})
        events: dict[tuple[str, str], EventType] = {}
        for application in sorted({application for application, _ in kinds}):
            slugs = [slug for name, slug in kinds if name == application]
            known = ports.event_types.get_many(application, slugs)
            events.update({(application, slug): event for slug, event in known.items()})
        subscriptions = {
            (application, slug): [
                subscription
                for subscription in ports.subscriptions.for_event(application, slug)
                if subscription.active
            ]
            for application, slug in kinds
        }
        targets = {
            target_id
            for found in subscriptions.values()
            for subscription in found
            if subscription.target in _BY_INTEGRATION
            for target_id in subscription.target_ids
        }
        return cls(
            integrations=lookup.all_with(targets, ports=ports),
            events=events,
            filters=ports.filters,
            subscriptions=subscriptions,
        )

    def media(self, invocation: Invocation, subscriber: Subscriber) -> list[Channel]:
        """The media that have an active template, and that the subscriber wants to hear of it by.

        None when the type is gone by now.
        """
        event = self.events.get((invocation.application, invocation.event))
        if event is None:
            return []
        active = [medium for medium, is_active in event.media.items() if is_active]
        return [medium for medium in active if subscriber.preferences.allow(event, medium)]

    def ways(self, invocation: Invocation) -> Sequence[Integration]:
        """The integrations, without those that the tenant does not want the event to go by."""
        event = self.events.get((invocation.application, invocation.event))
        if event is None or not event.muted:
            return self.integrations
        return [i for i in self.integrations if event.goes_by(i)]

    def serving(self, invocation: Invocation) -> list[Integration]:
        """Of these, the ones that are for events of its context."""
        context = invocation.context.identifier if invocation.context else None
        return [way for way in self.ways(invocation) if way.serves(context)]

    def hearing(self, invocation: Invocation, *kinds: Target) -> list[Subscription]:
        """The subscriptions of these kinds that the event is not narrowed or filtered from."""
        narrowing = invocation.narrowing
        return [
            one
            for one in self.subscriptions[invocation.application, invocation.event]
            if one.target in kinds
            and (not narrowing or narrowing.hears(one))
            and (not one.filter or self.filters.matches(one.filter, invocation.payload))
        ]

    def targets(self, invocation: Invocation, kind: Target) -> list[str]:
        found = self.hearing(invocation, kind)
        return list(dict.fromkeys(id for s in found for id in s.target_ids))

    def listener(self, subscription: Subscription) -> Listener | None:
        event = self.events.get((subscription.application, subscription.event))
        return subscription.listener(wants_answer=bool(event and event.wants_answer))

    def topics(self, invocation: Invocation) -> tuple[str, ...]:
        """What goes to everybody goes to every topic with it; to none, if by no way to people."""
        if not self._may_reach_people(invocation):
            return ()
        if any(isinstance(r, Everybody) for r in invocation.recipients):
            return (EVERYBODY,)
        named = [r.topic for r in invocation.recipients if isinstance(r, TopicRecipient)]
        found = dict.fromkeys([*named, *self.targets(invocation, Target.TOPIC)])
        return tuple(topic for topic in found if topic != EVERYBODY)

    def _may_reach_people(self, invocation: Invocation) -> bool:
        """Not if it is narrowed to channels that it has no words for: no topic is paged then."""
        event = self.events.get((invocation.application, invocation.event))
        narrowing = invocation.narrowing
        if event is None or narrowing is None or not narrowing.channels:
            return True
        return any(event.media.get(i.channel) and narrowing.takes(i) for i in self.integrations)


def _update_contexts(invocations: Iterable[Invocation], ports: TenantPorts) -> None:
    """Give existing contexts the details that came with the events; the last one wins."""
    named = {i.context.identifier: i.context for i in invocations if i.context}
    if not named:
        return
    for identifier, stored in ports.contexts.get_many(list(named)).items():
        context = contexts.merge(stored, named[identifier], ports.clock.now())
        if context is not stored:
            ports.contexts.save(context)


def _people(
    invocations: Iterable[Invocation], audience: _Audience, ports: TenantPorts
) -> Mapping[str, Subscriber]:
    """Everybody named, created or changed as the events say, and everybody subscribed singly."""
    changes: list[SubscriberChanges] = []
    targets: set[str] = set()
    for invocation in invocations:
        changes += (r for r in invocation.recipients if isinstance(r, SubscriberChanges))
        changes += [invocation.actor] if invocation.actor else []
        targets.update(audience.targets(invocation, Target.SUBSCRIBER))
    people: dict[str, Subscriber] = {}
    if changes:
        people.update(updates.upsert(changes, ports=ports).subscribers)
    if others := sorted(targets - people.keys()):
        people.update(ports.subscribers.get_many(others))
    return people


def _direct(invocation: Invocation, audience: _Audience) -> list[str]:
    """Ids of the people an event goes to by themselves, each once."""
    named = [r.id for r in invocation.recipients if isinstance(r, SubscriberChanges)]
    return list(dict.fromkeys([*named, *audience.targets(invocation, Target.SUBSCRIBER)]))


def _pages(invocation: Invocation, job: Job, topics: tuple[str, ...]) -> Iterator[TopicPage]:
    for position in range(len(topics)):
        for shard in range(SHARDS):
            yield TopicPage(
                tenant=job.tenant,
                job=job.id,
                accepted_at=job.accepted_at,
                invocation=invocation.id,
                topics=topics,
                position=position,
                shard=shard,
            )


def _members(page: TopicPage, ports: TenantPorts) -> Mapping[str, Subscriber | None]:
    """The ids of a page as they are now, in order, with the subscribers where these came along."""
    if page.topic == EVERYBODY:
        found = ports.subscribers.shard(page.shard, page.after, PAGE_SIZE)
        return {subscriber.id: subscriber for subscriber in found}
    ids = ports.topics.shard_members(page.topic, page.shard, page.after, PAGE_SIZE)
    return dict.fromkeys(ids)


def _known(
    ids: Sequence[str], found: Mapping[str, Subscriber | None], ports: TenantPorts
) -> Mapping[str, Subscriber]:
    """The subscribers with these ids, of whom some were found already."""
    people = {id: subscriber for id in ids if (subscriber := found.get(id))}
    if missing := [id for id in ids if id not in people]:
        people.update(ports.subscribers.get_many(missing))
    return people


def _served(
    page: TopicPage,
    members: Sequence[str],
    invocation: Invocation,
    audience: _Audience,
    ports: TenantPorts,
) -> set[str]:
    """Members who hear of it otherwise, or must not: direct recipients, excluded, the actor."""
    served = set(_direct(invocation, audience))
    if invocation.actor:
        served.add(invocation.actor.id)
    for recipient in invocation.recipients:
        match recipient:
            case TopicRecipient(topic=page.topic, exclude=excluded) | Everybody(but=excluded):
                served.update(excluded)
    for earlier in page.topics[: page.position]:
        served |= ports.topics.among(earlier, members)
    return served


def _reach(
    invocation: Invocation, subscriber: Subscriber | None, audience: _Audience
) -> RecipientDeliveries:
    """One recipient's deliveries; none for somebody who is gone, but the place stays taken."""
    if subscriber is None:
        return RecipientDeliveries(invocation.id, ())
    media = audience.media(invocation, subscriber)
    found = routing.to_subscriber(
        invocation.id, subscriber, media, audience.serving(invocation), invocation.narrowing
    )
    return RecipientDeliveries(invocation.id, tuple(found))


def _to_integrations(invocation: Invocation, audience: _Audience) -> RecipientDeliveries:
    """To the integrations that hear of it themselves; none where certain addresses are wanted."""
    hearing = audience.hearing(invocation, *_BY_INTEGRATION)
    targets = {id: audience.listener(s) for s in hearing for id in s.target_ids}
    narrowing = invocation.narrowing
    found: list[tuple[Channel, Delivery]] = [
        routing.to_integration(invocation.id, integration, targets[integration.id])
        for integration in audience.ways(invocation)
        if integration.id in targets
        and integration.usable
        and (not narrowing or (narrowing.takes(integration) and narrowing.wants({})))
    ]
    return RecipientDeliveries(invocation.id, found)


def send(
    invocations: Iterable[Invocation],
    places: Sequence[RecipientDeliveries],
    source: Job | TopicPage,
    ports: TenantPorts,
    *,
    step: str = "",
) -> Mapping[str, int]:
    """Cut the deliveries into chunks and send them; how many deliveries each invocation has.

    `step` tells apart the steps of a job that is sent in several.
    """
    details = {i.id: event_details(i, source.accepted_at) for i in invocations}
    sizes = {i.id: len(json.dumps(i.payload)) + len(json.dumps(i.overrides)) for i in invocations}
    job, range_ = (source.id, 0) if isinstance(source, Job) else (source.job, source.shard)
    if isinstance(source, TopicPage):
        step = f"{source.invocation}/{source.position}/{source.after}"
    chunks = list(
        chunking.cut(places, details, sizes, tenant=source.tenant, job=job, range=range_, step=step)
    )
    if chunks:
        ports.queues.send_chunks(chunks)
    return Counter(delivery.invocation for chunk in chunks for delivery in chunk.deliveries)
