"""Topics one by one, who is in them, and what somebody is in."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.audience.topics import Membership, Topic
from carillon.domain.base import paging
from carillon.domain.base.errors import Conflict, NotFound
from carillon.domain.base.paging import Count, Window
from carillon.ports import Ports
from carillon.usecases.audience import audience, views
from carillon.usecases.audience.views import Look, Numbered, View, view

GATHERED = 10_000  # topics that are read to look for a name
_SHOWN = 100  # members shown with a topic


@dataclass(frozen=True, kw_only=True)
class Subscribed:
    """A membership with those whom it joins. The subscriber may be gone by now."""

    membership: Membership
    topic: Topic
    subscriber: Subscriber | None


def create(key: str, name: str | None, *, tenant: str, ports: Ports) -> Topic:
    """Raise Conflict when the key is taken."""
    now = ports.clock.now()
    topic = Topic(key=key, name=name or key, created_at=now, updated_at=now)
    ports.topics.add(tenant, topic)
    return topic


def ensure(key: str, name: str | None, *, tenant: str, ports: Ports) -> tuple[Topic, bool]:
    """The topic as it is now, and whether it is new. A name of None leaves what is there."""
    try:
        return create(key, name, tenant=tenant, ports=ports), True
    except Conflict:
        pass
    if name is None:
        return ports.topics.get(tenant, key), False
    return audience.rename_topic(key, name, tenant=tenant, ports=ports), False


def ensure_named(key: str, name: str, *, tenant: str, ports: Ports) -> None:
    """Make the topic if it is not there; one that is keeps its name."""
    try:
        create(key, name, tenant=tenant, ports=ports)
    except Conflict:
        return


def remove_empty(key: str, *, tenant: str, ports: Ports) -> None:
    """Raise Conflict when somebody is in it."""
    ports.topics.get(tenant, key)
    if ports.topics.walk_members(tenant, key, Window(limit=1)).items:
        raise Conflict(f"Topic {key!r} has subscribers")
    ports.topics.remove(tenant, key)


def search(
    look: Look, *, key: str | None, name: str | None, tenant: str, ports: Ports
) -> View[Topic]:
    """Those whose key and name hold these parts, whatever the case."""
    if key is None and name is None:
        count = ports.topics.count(tenant)
        return view(lambda window: ports.topics.walk(tenant, window), count, look)
    found = [
        topic
        for topic in ports.topics.walk(tenant, Window(limit=GATHERED)).items
        if (key or "").casefold() in topic.key.casefold()
        and (name or "").casefold() in topic.name.casefold()
    ]
    walk = paging.over(found, lambda topic: (topic.key,), f"{tenant} topics found")
    return view(walk, Count(len(found)), look)


def numbered(
    page: int, size: int, *, key: str | None, tenant: str, ports: Ports
) -> Numbered[tuple[Topic, Sequence[str]]]:
    """A page by its number, of topics with their first members; of a key, that topic alone."""
    if key is None:
        count = partial(ports.topics.count, tenant)
        found = views.numbered(partial(ports.topics.walk, tenant), count, page, size)
    else:
        try:
            only = [ports.topics.get(tenant, key)]
        except NotFound:
            only = []
        walk = paging.over(only, lambda topic: (topic.key,), f"{tenant} topic")
        found = views.numbered(walk, lambda: Count(len(only)), page, size)
    ids = [first_members(topic.key, tenant=tenant, ports=ports) for topic in found.items]
    shown = list(zip(found.items, ids, strict=True))
    return Numbered(shown, page=page, size=size, more=found.more, count=found.count)


def first_members(key: str, *, tenant: str, ports: Ports) -> Sequence[str]:
    """As many as the first generation of Novu's API shows with a topic: it has no pages of them."""
    return ports.topics.members(tenant, key, None, _SHOWN).items


def subscribe(key: str, ids: Sequence[str], *, tenant: str, ports: Ports) -> Sequence[Subscribed]:
    """Put those who are subscribers into the topic, which is made if need be; who is in it now."""
    known = ports.subscribers.get_many(tenant, ids)
    wanted = [id for id in ids if id in known]
    if not wanted:
        return []
    topic, _ = ensure(key, None, tenant=tenant, ports=ports)
    audience.add_members(key, wanted, tenant=tenant, ports=ports)
    now = ports.topics.memberships(tenant, key, wanted)
    return [
        Subscribed(membership=now[id], topic=topic, subscriber=known[id])
        for id in wanted
        if id in now
    ]


def unsubscribe(key: str, ids: Sequence[str], *, tenant: str, ports: Ports) -> Sequence[Subscribed]:
    """Take out those who are in it; who was. Raise NotFound when there is no such topic."""
    topic = ports.topics.get(tenant, key)
    before = ports.topics.memberships(tenant, key, ids)
    ports.topics.remove_members(tenant, key, list(before))
    there = [before[id] for id in ids if id in before]
    return subscribed(topic, there, tenant=tenant, ports=ports)


def members(
    key: str, look: Look, *, subscriber: str | None, tenant: str, ports: Ports
) -> View[Subscribed]:
    """Who is in the topic; of a single subscriber, whether they are."""
    topic = ports.topics.get(tenant, key)
    if subscriber is not None:
        found = ports.topics.memberships(tenant, key, [subscriber])
        walk = paging.over(found.values(), lambda m: (m.subscriber,), f"{tenant} {key} found")
        seen = view(walk, Count(len(found)), look)
    else:
        count = ports.topics.count_members(tenant, key)
        seen = view(lambda window: ports.topics.walk_members(tenant, key, window), count, look)
    return seen.showing(subscribed(topic, seen.items, tenant=tenant, ports=ports))


def topics_of(
    id: str, look: Look, *, key: str | None, tenant: str, ports: Ports
) -> View[Subscribed]:
    """What the subscriber is in. Raise NotFound when there is no such subscriber."""
    subscriber = audience.subscriber(id, tenant=tenant, ports=ports)
    if key is not None:
        found = ports.topics.memberships(tenant, key, [id])
        walk = paging.over(found.values(), lambda m: (m.topic,), f"{tenant} {id} found")
        seen = view(walk, Count(len(found)), look)
    else:
        count = ports.topics.count_topics_of(tenant, id)
        seen = view(lambda window: ports.topics.walk_topics_of(tenant, id, window), count, look)
    shown = []
    for membership in seen.items:
        try:
            topic = ports.topics.get(tenant, membership.topic)
        except NotFound:
            continue  # removed while we read
        shown.append(Subscribed(membership=membership, topic=topic, subscriber=subscriber))
    return seen.showing(shown)


def membership(key: str, id: str, *, tenant: str, ports: Ports) -> Membership:
    """Raise NotFound, of the topic, or of the subscriber who is not in it."""
    ports.topics.get(tenant, key)
    found = ports.topics.memberships(tenant, key, [id]).get(id)
    if found is None:
        raise NotFound("subscriber", id)
    return found


def subscribed(
    topic: Topic, memberships: Sequence[Membership], *, tenant: str, ports: Ports
) -> Sequence[Subscribed]:
    ids = [one.subscriber for one in memberships]
    people = ports.subscribers.get_many(tenant, ids) if ids else {}
    return [
        Subscribed(membership=one, topic=topic, subscriber=people.get(one.subscriber))
        for one in memberships
    ]
