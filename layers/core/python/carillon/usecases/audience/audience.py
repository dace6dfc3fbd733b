"""Say who there is: subscribers, the topics that group them, and the caller's contexts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from carillon.domain.audience import contexts
from carillon.domain.audience.contexts import Context, ContextChanges
from carillon.domain.audience.subscribers import Subscriber, SubscriberChanges
from carillon.domain.audience.topics import Topic
from carillon.domain.base.errors import NotFound
from carillon.domain.base.paging import Page
from carillon.ports import TenantPorts
from carillon.usecases.audience import updates, views
from carillon.usecases.audience.updates import Contended, Upserted


@dataclass(frozen=True, kw_only=True)
class TopicDraft:
    """A topic as a caller asks for it. A name of None stays, or is the key of a new topic."""

    key: str
    name: str | None = None
    members: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Grouped:
    """What became of each topic, and by topic the members that are no subscribers."""

    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unknown: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Joined:
    added: int
    unknown: tuple[str, ...]


def upsert_subscribers(
    changes: Sequence[SubscriberChanges], *, ports: TenantPorts
) -> tuple[Upserted, Sequence[str]]:
    """What was saved, and the ids that could not be for the others who keep saving them."""
    try:
        return updates.upsert(changes, ports=ports), ()
    except Contended as contended:
        return contended.done, contended.lost


def subscriber(id: str, *, ports: TenantPorts) -> Subscriber:
    found = ports.subscribers.get_many([id]).get(id)
    if found is None:
        raise NotFound("subscriber", id)
    return found


def upsert_topics(drafts: Sequence[TopicDraft], *, ports: TenantPorts) -> Grouped:
    """Create the topics that are absent, rename the others, and add the members to each."""
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
    return Grouped(created=tuple(created), updated=tuple(updated), unknown=unknown)


def rename_topic(key: str, name: str, *, ports: TenantPorts) -> Topic:
    topic = ports.topics.get(key)
    if topic.name == name:
        return topic
    topic = replace(topic, name=name, updated_at=ports.clock.now())
    ports.topics.save(topic)
    return topic


def add_members(key: str, ids: Sequence[str], *, ports: TenantPorts) -> Joined:
    """Only subscribers can be members."""
    ports.topics.get(key)
    given = tuple(dict.fromkeys(ids))
    known = _known(given, ports=ports)
    added = _join(key, [id for id in given if id in known], ports=ports)
    return Joined(added=added, unknown=tuple(id for id in given if id not in known))


def remove_members(key: str, ids: Sequence[str], *, ports: TenantPorts) -> None:
    ports.topics.get(key)
    ports.topics.remove_members(key, tuple(dict.fromkeys(ids)))


def create_context(context: Context, *, ports: TenantPorts) -> Context:
    """Raise Conflict when the identifier is taken."""
    ports.contexts.add(context)
    return context


def context(identifier: str, *, ports: TenantPorts) -> Context:
    found = ports.contexts.get_many([identifier]).get(identifier)
    if found is None:
        raise NotFound("context", identifier)
    return found


def change_context(
    changes: ContextChanges, *, identifier: str | None = None, ports: TenantPorts
) -> Context:
    """Change it, also by another identifier. Raise Conflict when that one is taken."""
    before = context(changes.identifier, ports=ports)
    after = contexts.merge(before, changes, ports.clock.now())
    if identifier not in {None, before.identifier}:
        after = replace(after, identifier=identifier or "", updated_at=ports.clock.now())
        ports.contexts.add(after)
        ports.contexts.remove(before.identifier)
    elif after is not before:
        ports.contexts.save(after)
    return after


def numbered_contexts(page: int, size: int, *, ports: TenantPorts) -> Page[Context]:
    """A page by its number. Raise Invalid for one that is too far to read up to."""
    read = ports.contexts.list(None, views.needed(page, size))
    return Page(read.items[page * size :], read.cursor)


def _put_topic(draft: TopicDraft, *, ports: TenantPorts) -> bool:
    """Whether the topic is new."""
    try:
        topic = ports.topics.get(draft.key)
    except NotFound:
        now = ports.clock.now()
        name = draft.name or draft.key
        ports.topics.save(Topic(key=draft.key, name=name, created_at=now, updated_at=now))
        return True
    if draft.name is not None and draft.name != topic.name:
        topic = replace(topic, name=draft.name, updated_at=ports.clock.now())
        ports.topics.save(topic)
    return False


def _known(ids: set[str] | Sequence[str], *, ports: TenantPorts) -> frozenset[str]:
    return frozenset(ports.subscribers.get_many(sorted(ids))) if ids else frozenset()


def _join(key: str, ids: Sequence[str], *, ports: TenantPorts) -> int:
    """Write the memberships that are missing, and say how many those were."""
    if not ids:
        return 0
    members = ports.topics.among(key, ids)
    missing = [id for id in ids if id not in members]
    if missing:
        ports.topics.add_members(key, missing, ports.clock.now())
    return len(missing)
