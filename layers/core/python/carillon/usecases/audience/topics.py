"""Topics one by one, who is in them, and what somebody is in."""

from collections.abc import Sequence
from dataclasses import dataclass

from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.audience.topics import Membership, Topic
from carillon.domain.base import paging
from carillon.domain.base.errors import Conflict, NotFound
from carillon.domain.base.paging import Count, Window
from carillon.ports import TenantPorts
from carillon.usecases.audience import audience, views
from carillon.usecases.audience.views import Look, Numbered, View, view

GATHERED = 10_000  # topics that are read to look for a name
_SHOWN = 100  # members shown with a topic


@dataclass(frozen=True, kw_only=True)
class TopicSubscription:
    """A membership with those whom it joins. The subscriber may be gone by now."""

    membership: Membership
    topic: Topic
    subscriber: Subscriber | None


def create(key: str, name: str | None, *, ports: TenantPorts) -> Topic:
    """Raise Conflict when the key is taken."""
    now = ports.clock.now()
    topic = Topic(key=key, name=name or key, created_at=now, updated_at=now)
    ports.topics.add(topic)
    return topic


def ensure(key: str, name: str | None, *, ports: TenantPorts) -> tuple[Topic, bool]:
    """The topic as it is now, and whether it is new. A name of None leaves what is there."""
    try:
        return create(key, name, ports=ports), True
    except Conflict:
        pass
    if name is None:
        return ports.topics.get(key), False
    return audience.rename_topic(key, name, ports=ports), False


def ensure_named(key: str, name: str, *, ports: TenantPorts) -> None:
    """Make the topic if it is not there; one that is keeps its name."""
    try:
        create(key, name, ports=ports)
    except Conflict:
        return


def remove_empty(key: str, *, ports: TenantPorts) -> None:
    """Raise Conflict when somebody is in it."""
    ports.topics.get(key)
    if ports.topics.walk_members(key, Window(limit=1)).items:
        raise Conflict(f"Topic {key!r} has subscribers")
    ports.topics.remove(key)


def search(look: Look, *, key: str | None, name: str | None, ports: TenantPorts) -> View[Topic]:
    """Those whose key and name hold these parts, whatever the case."""
    if key is None and name is None:
        count = ports.topics.count()
        return view(ports.topics.walk, count, look)
    found = [
        topic
        for topic in ports.topics.walk(Window(limit=GATHERED)).items
        if (key or "").casefold() in topic.key.casefold()
        and (name or "").casefold() in topic.name.casefold()
    ]
    walk = paging.over(found, lambda topic: (topic.key,), f"{ports.tenant} topics found")
    return view(walk, Count(len(found)), look)


def numbered(
    page: int, size: int, *, key: str | None, ports: TenantPorts
) -> Numbered[tuple[Topic, Sequence[str]]]:
    """A page by its number, of topics with their first members; of a key, that topic alone."""
    if key is None:
        count = ports.topics.count
        found = views.numbered(ports.topics.walk, count, page, size)
    else:
        try:
            only = [ports.topics.get(key)]
        except NotFound:
            only = []
        walk = paging.over(only, lambda topic: (topic.key,), f"{ports.tenant} topic")
        found = views.numbered(walk, lambda: Count(len(only)), page, size)
    ids = [first_members(topic.key, ports=ports) for topic in found.items]
    shown = list(zip(found.items, ids, strict=True))
    return Numbered(shown, page=page, size=size, more=found.more, count=found.count)


def first_members(key: str, *, ports: TenantPorts) -> Sequence[str]:
    """As many as the first generation of Novu's API shows with a topic: it has no pages of them."""
    return ports.topics.members(key, None, _SHOWN).items


def subscribe(key: str, ids: Sequence[str], *, ports: TenantPorts) -> Sequence[TopicSubscription]:
    """Put those who are subscribers into the topic, which is made if need be; who is in it now."""
    known = ports.subscribers.get_many(ids)
    wanted = [id for id in ids if id in known]
    if not wanted:
        return []
    topic, _ = ensure(key, None, ports=ports)
    audience.add_members(key, wanted, ports=ports)
    now = ports.topics.memberships(key, wanted)
    return [
        TopicSubscription(membership=now[id], topic=topic, subscriber=known[id])
        for id in wanted
        if id in now
    ]


def unsubscribe(key: str, ids: Sequence[str], *, ports: TenantPorts) -> Sequence[TopicSubscription]:
    """Take out those who are in it; who was. Raise NotFound when there is no such topic."""
    topic = ports.topics.get(key)
    before = ports.topics.memberships(key, ids)
    ports.topics.remove_members(key, list(before))
    there = [before[id] for id in ids if id in before]
    return subscribed(topic, there, ports=ports)


def members(
    key: str, look: Look, *, subscriber: str | None, ports: TenantPorts
) -> View[TopicSubscription]:
    """Who is in the topic; of a single subscriber, whether they are."""
    topic = ports.topics.get(key)
    if subscriber is not None:
        found = ports.topics.memberships(key, [subscriber])
        walk = paging.over(found.values(), lambda m: (m.subscriber,), f"{ports.tenant} {key} found")
        seen = view(walk, Count(len(found)), look)
    else:
        count = ports.topics.count_members(key)
        seen = view(lambda window: ports.topics.walk_members(key, window), count, look)
    return seen.showing(subscribed(topic, seen.items, ports=ports))


def topics_of(
    id: str, look: Look, *, key: str | None, ports: TenantPorts
) -> View[TopicSubscription]:
    """What the subscriber is in. Raise NotFound when there is no such subscriber."""
    subscriber = audience.subscriber(id, ports=ports)
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


def membership(key: str, id: str, *, ports: TenantPorts) -> Membership:
    """Raise NotFound, of the topic, or of the subscriber who is not in it."""
    ports.topics.get(key)
    found = ports.topics.memberships(key, [id]).get(id)
    if found is None:
        raise NotFound("subscriber", id)
    return found


def subscribed(
    topic: Topic, memberships: Sequence[Membership], *, ports: TenantPorts
) -> Sequence[TopicSubscription]:
    ids = [one.subscriber for one in memberships]
    people = ports.subscribers.get_many(ids) if ids else {}
    return [
        TopicSubscription(membership=one, topic=topic, subscriber=people.get(one.subscriber))
        for one in memberships
    ]
