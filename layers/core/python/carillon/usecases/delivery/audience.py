"""The audience of an event: who hears of it, and by which channels and integrations.

All of it is decided from a set-up that was read before; nothing here reads or writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from carillon.domain.audience.subscribers import Subscriber, SubscriberChanges
from carillon.domain.audience.topics import EVERYBODY
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.delivery import routing
from carillon.domain.delivery.chunking import RecipientDeliveries
from carillon.domain.delivery.invocations import Invocation
from carillon.domain.intake.triggers import Everybody, TopicRecipient
from carillon.domain.integrations.integrations import Integration
from carillon.domain.subscriptions.subscriptions import Subscription, Target
from carillon.ports.subscriptions import Filters
from carillon.usecases.setup.event_setup import EventSetup

# Subscriptions whose targets are integrations, not people.
BY_INTEGRATION = (Target.INTEGRATION, Target.ENDPOINT)


@dataclass(frozen=True, kw_only=True)
class Audience:
    """The tenant's set-up for the event types at hand, and its consequences for an event."""

    events: EventSetup
    integrations: Sequence[Integration]
    filters: Filters

    def topics(self, invocation: Invocation) -> tuple[str, ...]:
        """Return the topics that the event goes to, each once.

        An event to everybody goes to the topic of everybody alone, which contains all others. One
        that can reach no person by any way goes to no topic, as paging it would send nothing.
        """
        if not self._may_reach_people(invocation):
            return ()
        if any(isinstance(r, Everybody) for r in invocation.recipients):
            return (EVERYBODY,)
        named = [r.topic for r in invocation.recipients if isinstance(r, TopicRecipient)]
        found = dict.fromkeys([*named, *self._targets(invocation, Target.TOPIC)])
        return tuple(topic for topic in found if topic != EVERYBODY)

    def subscribed(self, invocation: Invocation) -> list[str]:
        """Return the ids of the subscribers who subscribe to the event by themselves."""
        return self._targets(invocation, Target.SUBSCRIBER)

    def direct(self, invocation: Invocation) -> list[str]:
        """Return the ids of the subscribers that the event names or that subscribe, each once."""
        named = [r.id for r in invocation.recipients if isinstance(r, SubscriberChanges)]
        return list(dict.fromkeys([*named, *self.subscribed(invocation)]))

    def reach(self, invocation: Invocation, subscriber: Subscriber | None) -> RecipientDeliveries:
        """Return a recipient's deliveries: none for one who is gone, but the place stays taken."""
        if subscriber is None:
            return RecipientDeliveries(invocation.id, ())
        context = invocation.context.identifier if invocation.context else None
        serving = [i for i in self._integrations_for(invocation) if i.serves(context)]
        media = self._media(invocation, subscriber)
        found = routing.to_subscriber(
            invocation.id, subscriber, media, serving, invocation.narrowing
        )
        return RecipientDeliveries(invocation.id, tuple(found))

    def reach_integrations(self, invocation: Invocation) -> RecipientDeliveries:
        """Return the deliveries to integrations that subscribe; none if addresses are asked for."""
        hearing = self._hearing(invocation, *BY_INTEGRATION)
        event, narrowing = self._type(invocation), invocation.narrowing
        wants_answer = event is not None and event.wants_answer
        listeners = {
            id: subscription.listener(wants_answer=wants_answer)
            for subscription in hearing
            for id in subscription.target_ids
        }
        found = [
            routing.to_integration(invocation.id, integration, listeners[integration.id])
            for integration in self._integrations_for(invocation)
            if integration.id in listeners
            and integration.usable
            and (not narrowing or (narrowing.takes(integration) and narrowing.wants({})))
        ]
        return RecipientDeliveries(invocation.id, found)

    def _type(self, invocation: Invocation) -> EventType | None:
        """Return the invocation's event type; None if it is gone by now."""
        return self.events.types.get(invocation.event_key)

    def _media(self, invocation: Invocation, subscriber: Subscriber) -> list[Channel]:
        """Return the media with an active template that the subscriber's preferences allow."""
        event = self._type(invocation)
        if event is None:
            return []
        active = [medium for medium, is_active in event.media.items() if is_active]
        return [medium for medium in active if subscriber.preferences.allow(event, medium)]

    def _integrations_for(self, invocation: Invocation) -> Sequence[Integration]:
        """Return the integrations that the tenant has not muted for the event type."""
        event = self._type(invocation)
        if event is None or not event.muted:
            return self.integrations
        return [i for i in self.integrations if event.goes_by(i)]

    def _hearing(self, invocation: Invocation, *targets: Target) -> list[Subscription]:
        """Return the subscriptions, with these kinds of target, that let the event through."""
        narrowing = invocation.narrowing
        return [
            one
            for one in self.events.subscriptions[invocation.event_key]
            if one.target in targets
            and (not narrowing or narrowing.hears(one))
            and (not one.filter or self.filters.matches(one.filter, invocation.payload))
        ]

    def _targets(self, invocation: Invocation, target: Target) -> list[str]:
        found = self._hearing(invocation, target)
        return list(dict.fromkeys(id for s in found for id in s.target_ids))

    def _may_reach_people(self, invocation: Invocation) -> bool:
        """Whether a person may be reached: not if narrowed to channels without a template."""
        event, narrowing = self._type(invocation), invocation.narrowing
        if event is None or narrowing is None or not narrowing.channels:
            return True
        return any(event.media.get(i.channel) and narrowing.takes(i) for i in self.integrations)
