"""Invocations: accepted events, the jobs and the topic pages that fan them out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from carillon.domain.audience.contexts import ContextChanges
from carillon.domain.audience.subscribers import SubscriberChanges
from carillon.domain.catalogue.event_types import EventKey
from carillon.domain.delivery.deliveries import EventDetails
from carillon.domain.delivery.skips import ALL_HEARD, NO_SKIPS, Skips, Unheard
from carillon.domain.delivery.vocabulary import Root
from carillon.domain.intake.attachments import Attachment
from carillon.domain.intake.narrowing import RecipientFilter
from carillon.domain.intake.overrides import Overrides
from carillon.domain.intake.triggers import Recipient
from carillon.domain.tenancy.access import DEFAULT_APPLICATION


class Progress(StrEnum):
    """How far an invocation has come."""

    ACCEPTED = "accepted"  # nothing is on its way yet
    PROCESSING = "processing"  # recipients are still being found, or deliveries to come to an end
    SENT = "sent"
    PARTIALLY_FAILED = "partially_failed"
    FAILED = "failed"
    COMPLETED = "completed"  # over, and nothing was to be sent: every recipient was skipped


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """An accepted trigger. Its id is the caller's transaction id, or a new one."""

    id: str
    event: str
    application: str = DEFAULT_APPLICATION
    recipients: tuple[Recipient, ...] = ()
    payload: Mapping[str, Any] = field(default_factory=dict)
    overrides: Overrides = field(default_factory=Overrides)
    attachments: tuple[Attachment, ...] = ()
    actor: SubscriberChanges | None = None
    context: ContextChanges | None = None
    contexts: Mapping[str, Any] = field(default_factory=dict)  # others, by type: for templates
    # What was known of its actor and context when it was fanned out, by the names of templates.
    facts: Mapping[str, Any] = field(default_factory=dict)
    narrowing: RecipientFilter | None = None
    correlation_id: str = ""
    paused: bool = False  # recorded, and delivered to nobody
    replay_of: str = ""  # the invocation whose deliveries are made anew for this one

    @property
    def event_key(self) -> EventKey:
        return EventKey(self.application, self.event)

    @property
    def stored(self) -> tuple[str, ...]:
        """The keys of its attachments' contents in their store."""
        return tuple(one.key for one in self.attachments if one.key)

    def is_for(self, subscriber: str) -> bool:
        """Whether it names this subscriber as a recipient, and nobody else."""
        recipients = {
            one.id if isinstance(one, SubscriberChanges) else None for one in self.recipients
        }
        return recipients == {subscriber}

    def without(self, subscriber: str) -> "Invocation":
        """Return the invocation without a deleted subscriber; the same object if it names none."""

        def is_theirs(one: object) -> bool:
            return isinstance(one, SubscriberChanges) and one.id == subscriber

        if not any(is_theirs(one) for one in (*self.recipients, self.actor)):
            return self
        others = tuple(one for one in self.recipients if not is_theirs(one))
        if not is_theirs(self.actor):
            return replace(self, recipients=others)
        facts = {name: fact for name, fact in self.facts.items() if name != Root.ACTOR}
        return replace(self, recipients=others, actor=None, facts=facts)


class Repetition(NamedTuple):
    """An event whose transaction id an earlier one took: it is put on record, and not sent."""

    id: str
    application: str
    event: str


@dataclass(frozen=True, kw_only=True)
class Job:
    """The accepted events of one request that share one queue message."""

    id: str
    tenant: str
    accepted_at: datetime
    invocations: tuple[Invocation, ...]
    repetitions: tuple[Repetition, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RecordedInvocation:
    """An invocation as the store keeps it, with its job and the topics that it goes to."""

    invocation: Invocation
    job: str
    accepted_at: datetime
    topics: tuple[str, ...] = ()

    @property
    def event_details(self) -> EventDetails:
        return event_details(self.invocation, self.accepted_at)


class InvocationSummary(NamedTuple):
    """An invocation without what it brought.

    `planned` is how many deliveries it has and `skipped` how many recipients, or ways to them, were
    skipped without a delivery, by reason; those of topics apart. `unheard` are subscriptions with
    endpoints of their own that do not hear it.
    """

    id: str
    application: str
    event: str
    planned: int = 0
    skipped: Skips = NO_SKIPS
    unheard: Unheard = ALL_HEARD


@dataclass(frozen=True, kw_only=True)
class JobSummary:
    """A job as lists show it. Its chunks are in the first `ranges` of its partitions."""

    id: str
    accepted_at: datetime
    invocations: tuple[InvocationSummary, ...]
    ranges: int


class JobPosition(NamedTuple):
    """The position of a job in time; without an id, before all jobs accepted at that time."""

    accepted_at: datetime
    id: str = ""


def event_details(invocation: Invocation, accepted_at: datetime) -> EventDetails:
    """Return the facts of the invocation that its deliveries are rendered from."""
    return EventDetails(
        event=invocation.event,
        accepted_at=accepted_at,
        application=invocation.application,
        payload=invocation.payload,
        overrides=invocation.overrides,
        attachments=invocation.attachments,
        facts={**invocation.facts, **_said(invocation)},
    )


def _said(invocation: Invocation) -> Mapping[str, Any]:
    """Return the facts that are all the event's own, and so are not stored a second time."""
    return {Root.CONTEXT: invocation.contexts} if invocation.contexts else {}


@dataclass(frozen=True, kw_only=True)
class TopicPage:
    """A step of fanning out to a topic: members of one shard, those after the id `after`."""

    tenant: str
    job: str
    accepted_at: datetime
    invocation: str
    topics: tuple[str, ...]  # all topics of the invocation, in order
    position: int  # of this page's topic among them
    shard: int
    after: str = ""

    @property
    def topic(self) -> str:
        return self.topics[self.position]


class FrozenPage(NamedTuple):
    """A page of a topic's shard whose `size` members were stored before they were fanned out to."""

    topic: str
    shard: int
    size: int
    planned: int | None = None  # deliveries; None until they are on their way
    skipped: Skips = NO_SKIPS  # members without a delivery
