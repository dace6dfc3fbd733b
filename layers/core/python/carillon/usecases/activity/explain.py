"""Explain why an event did, or did not, reach a subscriber: each decision, and what made it.

A subscriber who is only counted, as members of topics are by the dozen, has no record of their own:
then today's set-up is asked, and the decision says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from carillon.domain.audience.subscribers import Subscriber, SubscriberChanges
from carillon.domain.audience.topics import EVERYBODY
from carillon.domain.delivery import codes
from carillon.domain.delivery.deliveries import QUEUED, DeliveryRecord
from carillon.domain.delivery.invocations import Invocation, Progress
from carillon.domain.delivery.skips import SENTENCES, SETTINGS, SkipReason
from carillon.domain.intake.triggers import Everybody, TopicRecipient
from carillon.ports import TenantPorts
from carillon.usecases.activity import find_deliveries, progress
from carillon.usecases.activity.find_deliveries import DeliveryFilter, DeliveryView
from carillon.usecases.activity.progress import InvocationProgress
from carillon.usecases.delivery.setup import load_audience

_MOST = 100  # deliveries of an event to one subscriber
# Reasons of an event as a whole: with one of them, nobody was looked for.
_OF_THE_EVENT: Final = frozenset(
    {
        SkipReason.EVENT_TYPE_INACTIVE,
        SkipReason.EVENT_TYPE_LOCKED,
        SkipReason.PAUSED,
        SkipReason.EVENT_TYPE_GONE,
        SkipReason.NOBODY,
    }
)

type Stage = Literal["accepted", "fan_out", "audience", "channel", "delivery"]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What was decided at a stage, by which setting, and what that means."""

    stage: Stage
    decision: str
    by: str
    explanation: str = ""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The decisions about an event and a subscriber, in order, and the deliveries they led to."""

    followed: InvocationProgress
    subscriber: str
    decisions: Sequence[Decision]
    deliveries: Sequence[DeliveryView]


def explain(id: str, subscriber: str, *, ports: TenantPorts) -> Explanation:
    """Explain an invocation for one subscriber; raise NotFound for an unknown invocation."""
    followed = progress.follow(id, ports=ports)
    page = find_deliveries.of_invocation(
        id, DeliveryFilter(), None, _MOST, subscriber=subscriber, ports=ports
    )
    decisions = [_accepted(followed), *_fanned_out(followed)]
    decisions += _Reader(followed.recorded.invocation, subscriber, ports).audience(followed)
    decisions += [_decided(one) for one in page.items]
    if not page.items and followed.progress is not Progress.ACCEPTED:
        decisions += _Reader(followed.recorded.invocation, subscriber, ports).as_of_today(followed)
    return Explanation(
        followed=followed,
        subscriber=subscriber,
        decisions=decisions,
        deliveries=page.items,
    )


def _accepted(followed: InvocationProgress) -> Decision:
    invocation = followed.recorded.invocation
    return Decision(
        stage="accepted",
        decision="accepted",
        by=f"event type {invocation.application}:{invocation.event}",
        explanation=f"The event was stored at {followed.recorded.accepted_at.isoformat()}.",
    )


def _fanned_out(followed: InvocationProgress) -> Iterator[Decision]:
    """Yield how far recipients have been looked for, and the reasons of the event as a whole."""
    done = followed.reach.complete
    yield Decision(
        stage="fan_out",
        decision="complete" if done else "under way",
        by="fan-out",
        explanation=(
            f"{followed.reach.recipients} recipients were found."
            if done
            else "Recipients are still being looked for. Ask again in a minute."
        ),
    )
    for reason in _OF_THE_EVENT & followed.reach.skipped.keys():
        yield Decision(
            stage="fan_out", decision=reason, by=SETTINGS[reason], explanation=SENTENCES[reason]
        )


def _decided(one: DeliveryView) -> Decision:
    """Return what became of a delivery: a skip with its setting, or its status."""
    channel = one.channel or "a channel"
    if not isinstance(one, DeliveryRecord):
        return Decision(
            stage="delivery",
            decision=QUEUED,
            by=f"integration {one.integration}",
            explanation=f"A worker has the message by {channel}, and nothing is known yet.",
        )
    if one.skip:
        way = f"{channel} by integration {one.integration}" if one.integration else channel
        return Decision(
            stage="channel",
            decision=one.skip,
            by=f"{way}: {SETTINGS[one.skip]}",
            explanation=SENTENCES[one.skip],
        )
    said = f"{one.provider} was asked {one.attempts} times."
    return Decision(
        stage="delivery",
        decision=one.status,
        by=f"{channel}: integration {one.integration}",
        explanation=" ".join(part for part in (said, codes.explained(one)) if part),
    )


@dataclass(frozen=True)
class _Reader:
    """Reads how a subscriber belongs to an event's audience."""

    invocation: Invocation
    subscriber: str
    ports: TenantPorts

    def audience(self, followed: InvocationProgress) -> Iterator[Decision]:
        """Yield each way by which the subscriber is a recipient, or that there is none."""
        ways = [*self._ways(followed.recorded.topics)]
        for way in ways:
            yield Decision(stage="audience", decision="recipient", by=way)
        if not ways:
            yield Decision(
                stage="audience",
                decision="no recipient",
                by="the event's recipients and subscriptions",
                explanation=(
                    "The event does not name the subscriber, who has no subscription to its type "
                    "and is a member of none of its topics today. "
                    "Name, subscribe or add the subscriber, and trigger the event again."
                ),
            )

    def _ways(self, topics: Sequence[str]) -> Iterator[str]:
        named = {one.id for one in self.invocation.recipients if isinstance(one, SubscriberChanges)}
        if self.subscriber in named:
            yield "the event's recipients"
        audience = load_audience([self.invocation], ports=self.ports)
        if self.subscriber in audience.subscribed(self.invocation):
            yield "a subscription of the subscriber's own"
        # Of an event that went to no topic, those that it names count: one may be unknown.
        asked = [one for one in self.invocation.recipients if isinstance(one, TopicRecipient)]
        for topic in dict.fromkeys([*topics, *(one.topic for one in asked)]):
            if topic == EVERYBODY:
                yield "a broadcast to all subscribers"
            elif self.ports.topics.among(topic, [self.subscriber]):
                yield f"topic {topic}, of which the subscriber is a member today"

    def as_of_today(self, followed: InvocationProgress) -> Iterator[Decision]:
        """Yield why there is no delivery of a recipient, by today's set-up."""
        if _OF_THE_EVENT & followed.reach.skipped.keys():
            return
        reasons: list[SkipReason] = []
        if SkipReason.DELETED_SUBSCRIBER in followed.skipped and not self._person():
            reasons = [SkipReason.DELETED_SUBSCRIBER]
        elif any(self._ways(followed.recorded.topics)):
            reasons = list(self._reasons())
        for reason in reasons:
            counted = followed.skipped.get(reason, 0)
            yield Decision(
                stage="channel",
                decision=reason,
                by=f"{SETTINGS[reason]}, as it is today",
                explanation=f"{SENTENCES[reason]} {counted} were skipped for this reason.",
            )

    def _person(self) -> Subscriber | None:
        return self.ports.subscribers.get_many([self.subscriber]).get(self.subscriber)

    def _reasons(self) -> Iterator[SkipReason]:
        invocation = self.invocation
        excluded: set[str] = set()
        for one in invocation.recipients:
            match one:
                case TopicRecipient(exclude=ids) | Everybody(but=ids):
                    excluded.update(ids)
        if invocation.actor and invocation.actor.id == self.subscriber:
            yield SkipReason.ACTOR
        if self.subscriber in excluded:
            yield SkipReason.EXCLUDED
        person = self._person() or SkipReason.UNKNOWN_SUBSCRIBER
        audience = load_audience([invocation], ports=self.ports)
        if self.subscriber in audience.direct(invocation)[audience.quotas.recipients :]:
            yield SkipReason.OVER_LIMIT
            return
        for reached in audience.reach(invocation, [person]):
            if reached.skip:
                yield reached.skip
            for _, delivery in reached.deliveries:
                if delivery.skip:
                    yield delivery.skip
