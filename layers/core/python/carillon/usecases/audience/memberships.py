"""Manage who belongs to which topic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.audience.topics import Membership, Topic
from carillon.domain.base import paging
from carillon.domain.base.errors import NotFound
from carillon.domain.base.paging import Count, Look, View, view
from carillon.domain.base.terms import Noun
from carillon.ports import TenantPorts
from carillon.usecases.audience import subscribers, topics


@dataclass(frozen=True, kw_only=True)
class TopicDraft:
    """A topic as a caller asks for it. A name of None stays, or is the key of a new topic."""

    key: str
    name: str | None = None
    members: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TopicsUpserted:
    """The keys of topics created and updated, and by topic the ids that are no subscribers."""

    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unknown: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TopicSubscription:
    """A membership with its topic and its subscriber, who may have been removed since."""

    membership: Membership
    topic: Topic
    subscriber: Subscriber | None


@dataclass(frozen=True, kw_only=True)
class Joined:
    """How many became members, and the ids that are no subscribers."""

    added: int
    unknown: tuple[str, ...]


def upsert_topics(drafts: Sequence[TopicDraft], *, ports: TenantPorts) -> TopicsUpserted:
    """Create absent topics, rename the others, and add each one's members."""
    known = _known({id for draft in drafts for id in draft.members}, ports=ports)
    created: dict[str, None] = {}
    updated: dict[str, None] = {}
    unknown: dict[str, list[str]] = {}
    for draft in drafts:
        is_new = _put_topic(draft, ports=ports)
        if draft.key not in created:
            (created if is_new else updated)[draft.key] = None
        members = tuple(dict.fromkeys(draft.members))
        _join(draft.key, [id for id in members if id in known], ports=ports)
        if strangers := [id for id in members if id not in known]:
            unknown.setdefault(draft.key, []).extend(strangers)
    return TopicsUpserted(created=tuple(created), updated=tuple(updated), unknown=unknown)


def add(key: str, ids: Sequence[str], *, ports: TenantPorts) -> Joined:
    """Add subscribers to a topic; other ids are reported, not added."""
    ports.topics.get(key)
    given = tuple(dict.fromkeys(ids))
    known = _known(given, ports=ports)
    added = _join(key, [id for id in given if id in known], ports=ports)
    return Joined(added=added, unknown=tuple(id for id in given if id not in known))


def remove(key: str, ids: Sequence[str], *, ports: TenantPorts) -> None:
    ports.topics.get(key)
    ports.topics.remove_members(key, tuple(dict.fromkeys(ids)))


def subscribe(key: str, ids: Sequence[str], *, ports: TenantPorts) -> Sequence[TopicSubscription]:
    """Add subscribers to a topic, created if absent; return their memberships."""
    known = ports.subscribers.get_many(ids)
    wanted = [id for id in ids if id in known]
    if not wanted:
        return []
    topic, _ = topics.ensure(key, None, ports=ports)
    add(key, wanted, ports=ports)
    now = ports.topics.memberships(key, wanted)
    return [
        TopicSubscription(membership=now[id], topic=topic, subscriber=known[id])
        for id in wanted
        if id in now
    ]


def unsubscribe(key: str, ids: Sequence[str], *, ports: TenantPorts) -> Sequence[TopicSubscription]:
    """Remove members; return the memberships that ended. Raise NotFound for an unknown topic."""
    topic = ports.topics.get(key)
    before = ports.topics.memberships(key, ids)
    ports.topics.remove_members(key, list(before))
    there = [before[id] for id in ids if id in before]
    return with_people(topic, there, ports=ports)


def members(
    key: str, look: Look, *, subscriber: str | None, ports: TenantPorts
) -> View[TopicSubscription]:
    """List a topic's members; with a subscriber given, that membership or nothing."""
    topic = ports.topics.get(key)
    if subscriber is not None:
        found = ports.topics.memberships(key, [subscriber])
        walk = paging.over(found.values(), lambda m: (m.subscriber,), f"{ports.tenant} {key} found")
        seen = view(walk, Count(len(found)), look)
    else:
        count = ports.topics.count_members(key)
        seen = view(lambda window: ports.topics.walk_members(key, window), count, look)
    return seen.showing(with_people(topic, seen.items, ports=ports))


def topics_of(
    id: str, look: Look, *, key: str | None, ports: TenantPorts
) -> View[TopicSubscription]:
    """List a subscriber's topics. Raise NotFound for an unknown subscriber."""
    subscriber = subscribers.get(id, ports=ports)
    if key is not None:
        found = ports.topics.memberships(key, [id])
        walk = paging.over(found.values(), lambda m: (m.topic,), f"{ports.tenant} {id} found")
        seen = view(walk, Count(len(found)), look)
    else:
        count = ports.topics.count_topics_of(id)
        seen = view(lambda window: ports.topics.walk_topics_of(id, window), count, look)
    shown = []
    for membership in seen.items:
        try:
            topic = ports.topics.get(membership.topic)
        except NotFound:
            continue  # removed while we read
        shown.append(TopicSubscription(membership=membership, topic=topic, subscriber=subscriber))
    return seen.showing(shown)


def get(key: str, id: str, *, ports: TenantPorts) -> Membership:
    """Raise NotFound for an unknown topic, or for a subscriber who is no member."""
    ports.topics.get(key)
    found = ports.topics.memberships(key, [id]).get(id)
    if found is None:
        raise NotFound(Noun.SUBSCRIBER, id)
    return found


def with_people(
    topic: Topic, memberships: Sequence[Membership], *, ports: TenantPorts
) -> Sequence[TopicSubscription]:
    ids = [one.subscriber for one in memberships]
    people = ports.subscribers.get_many(ids) if ids else {}
    return [
        TopicSubscription(membership=one, topic=topic, subscriber=people.get(one.subscriber))
        for one in memberships
    ]


def _known(ids: set[str] | Sequence[str], *, ports: TenantPorts) -> frozenset[str]:
    return frozenset(ports.subscribers.get_many(sorted(ids))) if ids else frozenset()


def _join(key: str, ids: Sequence[str], *, ports: TenantPorts) -> int:
    """Write the missing memberships; return their number."""
    if not ids:
        return 0
    members = ports.topics.among(key, ids)
    missing = [id for id in ids if id not in members]
    if missing:
        ports.topics.add_members(key, missing, ports.clock.now())
        _stand(key, missing, ports)
    return len(missing)


def _stand(key: str, ids: Sequence[str], ports: TenantPorts) -> None:
    """Take back memberships whose topic, or subscriber, was removed while they were written.

    Raise NotFound when it was the topic.
    """
    try:
        ports.topics.joined(key)
    except NotFound:
        ports.topics.remove_members(key, ids)
        raise
    there = _known(ids, ports=ports)
    if gone := [id for id in ids if id not in there]:
        ports.topics.remove_members(key, gone)


def _put_topic(draft: TopicDraft, *, ports: TenantPorts) -> bool:
    """Create or rename the topic; return whether it is new."""
    _, is_new = topics.ensure(draft.key, draft.name, ports=ports)
    return is_new
