"""Read the people that an event goes to, and save the changes of them that it brings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any, Self

from carillon.domain.audience import contexts
from carillon.domain.audience.contexts import Context, ContextChanges
from carillon.domain.audience.subscribers import Subscriber, SubscriberChanges, merge
from carillon.domain.audience.topics import EVERYBODY
from carillon.domain.base.errors import NotFound
from carillon.domain.base.turns import in_turn
from carillon.domain.delivery import vocabulary
from carillon.domain.delivery.invocations import Invocation, Job, TopicPage
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.delivery.vocabulary import Root
from carillon.domain.intake.triggers import Everybody, TopicRecipient
from carillon.ports import TenantPorts
from carillon.usecases.audience import erasures, updates
from carillon.usecases.delivery.audience import Audience


@dataclass(frozen=True, kw_only=True)
class Stored:
    """The stored contexts and actors that events name, by identifier and id."""

    contexts: Mapping[str, Context]
    actors: Mapping[str, Subscriber]

    @classmethod
    def load(cls, invocations: Iterable[Invocation], *, ports: TenantPorts) -> Self:
        """Read them, with one call each if there are any."""
        invocations = list(invocations)
        named = list(dict.fromkeys(i.context.identifier for i in invocations if i.context))
        actors = list(dict.fromkeys(i.actor.id for i in invocations if i.actor))
        return cls(
            contexts=ports.contexts.get_many(named) if named else {},
            actors=ports.subscribers.get_many(actors) if actors else {},
        )


def with_facts(
    invocations: Iterable[Invocation], stored: Stored, gone: frozenset[str], *, now: datetime
) -> list[Invocation]:
    """Give each event the facts of its actor and contexts: what is stored, then what events say.

    The events are in the order of acceptance, and each has what those before it said as well. There
    are no facts of an actor who is `gone`: what is stored is the next owner's of the id.
    """
    known = dict(stored.contexts)
    people: dict[str, Subscriber] = dict(stored.actors)
    filled: list[Invocation] = []
    invocations = list(invocations)
    actors = {i.actor.id for i in invocations if i.actor}
    for invocation in invocations:
        facts: dict[str, Any] = {}
        if context := invocation.context:
            before = known.get(context.identifier) or Context(
                identifier=context.identifier, created_at=now, updated_at=now
            )
            known[context.identifier] = contexts.merge(before, context, now)
            facts[Root.TENANT] = vocabulary.of_tenant(known[context.identifier])
        for person in (*invocation.recipients, invocation.actor):
            if isinstance(person, SubscriberChanges) and person.id in actors:
                without = replace(person, channels=())  # no facts, and not bound yet
                people[person.id] = merge(people.get(person.id), without, now)
        if invocation.actor and invocation.actor.id not in gone:
            facts[Root.ACTOR] = vocabulary.of_subscriber(people[invocation.actor.id])
        filled.append(replace(invocation, facts=facts) if facts else invocation)
    return filled


def update_contexts(
    invocations: Iterable[Invocation], stored: Stored, *, ports: TenantPorts
) -> None:
    """Give existing contexts the details that came with the events, in the events' order."""
    said: dict[str, list[ContextChanges]] = {}
    for invocation in invocations:
        if (changes := invocation.context) and changes.identifier in stored.contexts:
            said.setdefault(changes.identifier, []).append(changes)
    for identifier, some in said.items():
        _update_context(stored.contexts[identifier], some, ports)


def _update_context(read: Context, said: Sequence[ContextChanges], ports: TenantPorts) -> None:
    now, first = ports.clock.now(), iter([read])

    def attempt() -> None:
        again = ports.contexts.get_many
        before = next(first, None) or again([read.identifier]).get(read.identifier)
        if before is None:
            return  # somebody has just removed it
        after = reduce(lambda one, each: contexts.merge(one, each, now), said, before)
        if after is not before:
            ports.contexts.save(replace(after, version=before.version + 1))

    in_turn(attempt, ports.clock.pause)


def deleted(job: Job, *, ports: TenantPorts) -> frozenset[str]:
    """Return those whom the job's events name, and who were deleted after it was accepted."""
    named = (
        one.id
        for invocation in job.invocations
        for one in (*invocation.recipients, invocation.actor)
        if isinstance(one, SubscriberChanges)
    )
    return erasures.erased(named, job.accepted_at, ports=ports)


def record(
    job: Job,
    topics: Mapping[str, Sequence[str]],
    gone: frozenset[str],
    *,
    ports: TenantPorts,
) -> Mapping[str, Sequence[str]]:
    """Record the job's invocations; return the topics of those it owns.

    They do not name who is gone, though an earlier run may have recorded them before.
    """
    invocations = (reduce(Invocation.without, sorted(gone), each) for each in job.invocations)
    ours = ports.invocations.record(replace(job, invocations=tuple(invocations)), topics)
    for id in sorted(gone):
        ports.invocations.forget(list(ours), id)
    return ours


def upsert_direct(
    invocations: Sequence[Invocation],
    audience: Audience,
    *,
    accepted_at: datetime,
    ports: TenantPorts,
) -> Mapping[str, Mapping[str, Subscriber | SkipReason]]:
    """Create or change everybody the events name; return each event's direct recipients, by id.

    They are as of the event's place: after what it and the events before it say of them, before
    what the later ones do. In place of a subscriber who was deleted after the events were accepted
    is the reason; nobody is created or changed then, and the id's next owner is passed over.
    """
    changes = {i.id: _changes(i) for i in invocations}
    direct = {i.id: audience.direct(i)[: audience.quotas.recipients] for i in invocations}
    named = {one.id for some in changes.values() for one in some}
    wanted = {id for ids in direct.values() for id in ids}
    gone = erasures.erased(named | wanted, accepted_at, ports=ports)
    said = [one for i in invocations for one in changes[i.id] if one.id not in gone]
    done = updates.upsert(said, created_at=accepted_at, ports=ports) if said else updates.NOBODY
    others = sorted(wanted - gone - done.subscribers.keys())
    now: dict[str, Subscriber | SkipReason] = {
        **dict.fromkeys(gone, SkipReason.DELETED_SUBSCRIBER),
        **done.before,
        **(ports.subscribers.get_many(others) if others else {}),
    }
    later = {id: iter(stages) for id, stages in done.stages.items()}
    found: dict[str, Mapping[str, Subscriber | SkipReason]] = {}
    for invocation in invocations:
        now |= {one.id: next(later[one.id]) for one in changes[invocation.id] if one.id in later}
        found[invocation.id] = {id: now[id] for id in direct[invocation.id] if id in now}
    return found


def _changes(invocation: Invocation) -> list[SubscriberChanges]:
    """Return what an event says of people, in order."""
    people = (*invocation.recipients, invocation.actor)
    return [one for one in people if isinstance(one, SubscriberChanges)]


def members(page: TopicPage, limit: int, *, ports: TenantPorts) -> Mapping[str, Subscriber | None]:
    """Return the page's members as they are now, by id and in order.

    Members of everybody come with their subscribers, those of other topics as ids alone.
    """
    if page.topic == EVERYBODY:
        found = ports.subscribers.shard(page.shard, page.after, limit)
        return {subscriber.id: subscriber for subscriber in found}
    ids = ports.topics.shard_members(page.topic, page.shard, page.after, limit)
    return dict.fromkeys(ids)


def complete(
    ids: Sequence[str],
    found: Mapping[str, Subscriber | None],
    *,
    accepted_at: datetime,
    ports: TenantPorts,
) -> Mapping[str, Subscriber | SkipReason]:
    """Return the subscribers with these ids, reading those that were not found with the page.

    In place of one who was deleted after the event was accepted is the reason.
    """
    gone = erasures.erased(ids, accepted_at, ports=ports)
    people: dict[str, Subscriber | SkipReason] = dict.fromkeys(gone, SkipReason.DELETED_SUBSCRIBER)
    people |= {id: who for id in ids if id not in gone and (who := found.get(id))}
    if missing := [id for id in ids if id not in people]:
        people.update(ports.subscribers.get_many(missing))
    return people


def passed_over(
    page: TopicPage,
    ids: Sequence[str],
    invocation: Invocation,
    audience: Audience,
    *,
    ports: TenantPorts,
) -> Mapping[str, SkipReason | None]:
    """Return the ids that this page must pass over, and why.

    There is no reason for whom the event reaches in another place: the direct recipients and the
    members of an earlier topic.
    """
    reasons: dict[str, SkipReason | None] = {}
    if invocation.actor:
        reasons[invocation.actor.id] = SkipReason.ACTOR
    for recipient in invocation.recipients:
        match recipient:
            case TopicRecipient(topic=page.topic, exclude=excluded) | Everybody(but=excluded):
                reasons |= dict.fromkeys(excluded, SkipReason.EXCLUDED)
    for earlier in page.topics[: page.position]:
        reasons |= dict.fromkeys(ports.topics.among(earlier, ids))
    return {**reasons, **dict.fromkeys(audience.direct(invocation))}


def topic_exists(key: str, *, ports: TenantPorts) -> bool:
    """Whether there is such a topic; that of everybody always is."""
    if key == EVERYBODY:
        return True
    try:
        ports.topics.get(key)
    except NotFound:
        return False
    return True
