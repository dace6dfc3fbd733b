"""The audience of an event: who hears of it, and by which channels and integrations.

All of it is decided from a set-up that was read before; nothing here reads or writes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from carillon.domain.audience.subscribers import Subscriber, SubscriberChanges
from carillon.domain.audience.topics import EVERYBODY
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.delivery import routing
from carillon.domain.delivery.chunking import RecipientDeliveries
from carillon.domain.delivery.invocations import Invocation
from carillon.domain.delivery.routes import Routes
from carillon.domain.delivery.skips import SkipReason, Unheard
from carillon.domain.intake.triggers import Everybody, TopicRecipient
from carillon.domain.integrations.integrations import Integration
from carillon.domain.subscriptions.subscriptions import Subscription, Target, Verdict
from carillon.domain.tenancy.quotas import Quotas
from carillon.ports.subscriptions import Filters
from carillon.usecases.setup.event_setup import EventSetup

# Subscriptions whose targets are integrations, not people.
BY_INTEGRATION = (Target.INTEGRATION, Target.ENDPOINT)
# Why a subscription does not hear an event, by its filter's verdict.
_DEAF: Final[Mapping[Verdict, SkipReason | None]] = {
    Verdict.MATCHED: None,
    Verdict.PASSED: SkipReason.FILTERED,
    Verdict.FAILED: SkipReason.FILTER_FAILED,
}


@dataclass(frozen=True, kw_only=True)
class Audience:
    """The tenant's set-up for the event types at hand, and its consequences for an event."""

    events: EventSetup
    integrations: Sequence[Integration]
    filters: Filters
    quotas: Quotas = field(default_factory=Quotas)
    _verdicts: dict[str, Mapping[str, Verdict]] = field(default_factory=dict, compare=False)

    def withheld(self, invocation: Invocation) -> SkipReason | None:
        """Return why the event goes to nobody, as its type has been switched; None if it may go.

        It was accepted while it might go: just before the switch, or just after, by a process that
        had not heard of it yet.
        """
        if invocation.paused:
            return SkipReason.PAUSED
        event = self._type(invocation)
        if event is None:
            return None
        if not event.active:
            return SkipReason.EVENT_TYPE_INACTIVE
        if event.locked:
            return SkipReason.EVENT_TYPE_LOCKED
        return SkipReason.PAUSED if event.paused else None

    def topics(self, invocation: Invocation) -> tuple[str, ...]:
        """Return the topics that the event goes to, each once.

        An event to everybody goes to the topic of everybody alone, which contains all others. One
        that can reach no person by any way goes to no topic, as paging it would send nothing.
        """
        if not self._may_reach_people(invocation):
            return ()
        return self._named_topics(invocation)

    def subscribed(self, invocation: Invocation) -> list[str]:
        """Return the ids of the subscribers who subscribe to the event by themselves."""
        return self._targets(invocation, Target.SUBSCRIBER)

    def direct(self, invocation: Invocation) -> list[str]:
        """Return the ids of the subscribers that the event names or that subscribe, each once."""
        named = [r.id for r in invocation.recipients if isinstance(r, SubscriberChanges)]
        return list(dict.fromkeys([*named, *self.subscribed(invocation)]))

    def reach(
        self, invocation: Invocation, people: Iterable[Subscriber | SkipReason | None]
    ) -> Iterator[RecipientDeliveries]:
        """Yield each recipient's deliveries, in order.

        For a recipient with a reason instead of a subscriber, or one whom the event reaches in
        another place (None), there are none, but the place stays taken.
        """
        routes = self._routes(invocation)
        reason = self.withheld(invocation)
        if reason is None and not routes.channels:
            reason = self._wordless(invocation)
        for person in people:
            yield self._reached(invocation, person, routes, reason)

    def _reached(
        self,
        invocation: Invocation,
        person: Subscriber | SkipReason | None,
        routes: Routes,
        reason: SkipReason | None,
    ) -> RecipientDeliveries:
        if person is None or isinstance(person, SkipReason):
            return RecipientDeliveries(invocation.id, (), person)
        if reason:
            return RecipientDeliveries(invocation.id, (), reason)
        found = routing.to_subscriber(invocation.id, person, routes)
        return RecipientDeliveries(invocation.id, tuple(found))

    def reach_integrations(self, invocation: Invocation) -> RecipientDeliveries:
        """Return the deliveries to integrations that subscribe; none if addresses are asked for."""
        hearing = self._hearing(invocation, *BY_INTEGRATION)
        event = self._type(invocation)
        wants_answer = event is not None and event.wants_answer
        listeners = {
            id: subscription.listener(wants_answer=wants_answer)
            for subscription in hearing
            for id in subscription.target_ids
        }
        found = [
            routing.past_integration(invocation.id, integration, reason)
            if (reason := self._unreached(invocation, integration))
            else routing.to_integration(invocation.id, integration, listeners[integration.id])
            for integration in self.integrations
            if integration.id in listeners
        ]
        return RecipientDeliveries(invocation.id, found)

    def _unreached(self, invocation: Invocation, integration: Integration) -> SkipReason | None:
        """Return why an integration that subscribes does not hear the event; None if it does.

        An integration has no address of its own that could be asked for.
        """
        event, narrowing = self._type(invocation), invocation.narrowing
        if event and not event.goes_by(integration):
            return SkipReason.MUTED
        if not integration.usable:
            return SkipReason.INTEGRATION_INACTIVE
        if narrowing and not (narrowing.takes(integration) and narrowing.wants({})):
            return SkipReason.NARROWED
        return None

    def skips(self, invocation: Invocation) -> Counter[SkipReason]:
        """Count why subscriptions do not hear the event, and topics are not gone to."""
        counts: Counter[SkipReason] = Counter()
        for subscription in self.events.subscriptions[invocation.event_key]:
            if reason := self._unheard(invocation, subscription):
                counts[reason] += 1
        hearing = self._hearing(invocation, *BY_INTEGRATION)
        known = {integration.id for integration in self.integrations}
        missing = {id for one in hearing for id in one.target_ids} - known
        counts[SkipReason.NO_INTEGRATION] += len(missing)
        if not self._may_reach_people(invocation):
            counts[SkipReason.NARROWED] += len(self._named_topics(invocation))
        return +counts

    def unheard(self, invocation: Invocation) -> Unheard:
        """Return why subscriptions with endpoints of their own do not hear the event."""
        known = {integration.id: integration for integration in self.integrations}
        found: dict[str, SkipReason] = {}
        for one in self.events.subscriptions.get(invocation.event_key, ()):
            if one.target is not Target.ENDPOINT:
                continue
            reason = self.withheld(invocation) or self._unheard(invocation, one)
            for id in () if reason else one.target_ids:
                reason = (
                    self._unreached(invocation, known[id])
                    if id in known
                    else SkipReason.NO_INTEGRATION
                )
            if reason:
                found[one.id] = reason
        return found

    def nobody(self, invocation: Invocation) -> SkipReason:
        """Return why an event that names nobody, and that nobody hears, reaches nobody."""
        gone = self._type(invocation) is None
        return SkipReason.EVENT_TYPE_GONE if gone else SkipReason.NOBODY

    def _type(self, invocation: Invocation) -> EventType | None:
        """Return the invocation's event type; None if it is gone by now."""
        return self.events.types.get(invocation.event_key)

    def _routes(self, invocation: Invocation) -> Routes:
        """Return the ways to people on each channel that has an active template."""
        event = self._type(invocation)
        active = [medium for medium, is_active in event.media.items() if is_active] if event else []
        return Routes.of(
            event,
            active,
            self.integrations,
            context=invocation.context.identifier if invocation.context else None,
            narrowing=invocation.narrowing,
            overrides=invocation.overrides,
            most=self.quotas.deliveries,
        )

    def _wordless(self, invocation: Invocation) -> SkipReason:
        """Return why there are no words for people."""
        gone = self._type(invocation) is None
        return SkipReason.EVENT_TYPE_GONE if gone else SkipReason.NO_ACTIVE_TEMPLATE

    def _hearing(self, invocation: Invocation, *targets: Target) -> list[Subscription]:
        """Return the subscriptions, with these kinds of target, that let the event through."""
        return [
            one
            for one in self.events.subscriptions[invocation.event_key]
            if one.target in targets and not self._unheard(invocation, one)
        ]

    def _unheard(self, invocation: Invocation, subscription: Subscription) -> SkipReason | None:
        """Return why the subscription does not let the event through; None if it does."""
        narrowing = invocation.narrowing
        if narrowing and not narrowing.hears(subscription):
            return SkipReason.NARROWED
        if not subscription.filter:
            return None
        return _DEAF[self._judged(invocation)[subscription.filter]]

    def _judged(self, invocation: Invocation) -> Mapping[str, Verdict]:
        """Return the verdicts of all filters on the event, which are asked once."""
        if invocation.id not in self._verdicts:
            every = (one.filter for one in self.events.subscriptions[invocation.event_key])
            self._verdicts[invocation.id] = self.filters.verdicts(
                [one for one in every if one], invocation.payload
            )
        return self._verdicts[invocation.id]

    def _targets(self, invocation: Invocation, target: Target) -> list[str]:
        found = self._hearing(invocation, target)
        return list(dict.fromkeys(id for s in found for id in s.target_ids))

    def _named_topics(self, invocation: Invocation) -> tuple[str, ...]:
        if any(isinstance(r, Everybody) for r in invocation.recipients):
            return (EVERYBODY,)
        named = [r.topic for r in invocation.recipients if isinstance(r, TopicRecipient)]
        found = dict.fromkeys([*named, *self._targets(invocation, Target.TOPIC)])
        return tuple(topic for topic in found if topic != EVERYBODY)

    def _may_reach_people(self, invocation: Invocation) -> bool:
        """Whether a person may be reached: not if narrowed to channels without a template."""
        event, narrowing = self._type(invocation), invocation.narrowing
        if event is None or narrowing is None or not narrowing.channels:
            return True
        return any(event.media.get(i.channel) and narrowing.takes(i) for i in self.integrations)
