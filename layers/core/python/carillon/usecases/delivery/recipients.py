"""Read the people that an event goes to, and save the changes of them that it brings."""

from collections.abc import Iterable, Mapping, Sequence

from carillon.domain.audience import contexts
from carillon.domain.audience.subscribers import Subscriber, SubscriberChanges
from carillon.domain.audience.topics import EVERYBODY
from carillon.domain.base.errors import NotFound
from carillon.domain.delivery.invocations import Invocation, TopicPage
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.intake.triggers import Everybody, TopicRecipient
from carillon.ports import TenantPorts
from carillon.usecases.audience import updates
from carillon.usecases.delivery.audience import Audience


def update_contexts(invocations: Iterable[Invocation], *, ports: TenantPorts) -> None:
    """Give existing contexts the details that came with the events; the last one wins."""
    named = {i.context.identifier: i.context for i in invocations if i.context}
    if not named:
        return
    for identifier, stored in ports.contexts.get_many(list(named)).items():
        context = contexts.merge(stored, named[identifier], ports.clock.now())
        if context is not stored:
            ports.contexts.save(context)


def upsert_direct(
    invocations: Iterable[Invocation], audience: Audience, *, ports: TenantPorts
) -> Mapping[str, Subscriber]:
    """Create or change everybody the events name; return them and the subscribed, by id."""
    changes: list[SubscriberChanges] = []
    subscribed: set[str] = set()
    for invocation in invocations:
        changes += (r for r in invocation.recipients if isinstance(r, SubscriberChanges))
        changes += [invocation.actor] if invocation.actor else []
        subscribed.update(audience.subscribed(invocation))
    people: dict[str, Subscriber] = {}
    if changes:
        people.update(updates.upsert(changes, ports=ports).subscribers)
    if others := sorted(subscribed - people.keys()):
        people.update(ports.subscribers.get_many(others))
    return people


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
    ids: Sequence[str], found: Mapping[str, Subscriber | None], *, ports: TenantPorts
) -> Mapping[str, Subscriber]:
    """Return the subscribers with these ids, reading those that were not found with the page."""
    people = {id: subscriber for id in ids if (subscriber := found.get(id))}
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
