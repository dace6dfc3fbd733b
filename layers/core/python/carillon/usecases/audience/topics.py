"""Manage topics: named groups of subscribers."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from carillon.domain.audience.topics import Topic
from carillon.domain.base import numbering, paging
from carillon.domain.base.errors import Changed, Conflict, Invalid, NotFound
from carillon.domain.base.numbering import NumberedWalk
from carillon.domain.base.paging import Count, Look, View, Window, gathered, view
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.base.turns import in_turn
from carillon.ports import TenantPorts

GATHERED = 10_000  # topics that are read to look for a name
_SHOWN = 100  # members shown with a topic


def create(key: str, name: str | None, *, ports: TenantPorts) -> Topic:
    """Raise Conflict when the key is taken."""
    now = ports.clock.now()
    topic = Topic(key=key, name=name or key, created_at=now, updated_at=now)
    ports.topics.add(topic)
    return topic


def ensure(key: str, name: str | None, *, ports: TenantPorts) -> tuple[Topic, bool]:
    """Create or rename a topic; return it, and whether it is new. None renames nothing."""

    def attempt() -> tuple[Topic, bool]:
        with suppress(Conflict):
            return create(key, name, ports=ports), True
        try:
            known = ports.topics.get(key) if name is None else rename(key, name, ports=ports)
        except NotFound:
            raise Changed(f"Topic {key!r}") from None  # somebody has just removed it
        return known, False

    return in_turn(attempt, ports.clock.pause)


def ensure_named(key: str, name: str, *, ports: TenantPorts) -> None:
    """Create the topic if absent; an existing one keeps its name."""
    try:
        create(key, name, ports=ports)
    except Conflict:
        return


def remove_empty(key: str, *, ports: TenantPorts) -> None:
    """Remove a topic; raise Conflict if it has members."""

    def attempt() -> None:
        topic = ports.topics.get(key)
        if ports.topics.walk_members(key, Window(limit=1)).items:
            raise Conflict(f"Topic {key!r} has subscribers")
        ports.topics.remove(topic)

    in_turn(attempt, ports.clock.pause)


def remove(key: str, *, ports: TenantPorts) -> None:
    """Remove a topic with its memberships; raise NotFound for an unknown one."""
    in_turn(lambda: ports.topics.remove(ports.topics.get(key)), ports.clock.pause)


def search(look: Look, *, key: str | None, name: str | None, ports: TenantPorts) -> View[Topic]:
    """Find topics whose key and name contain these parts, whatever the case."""
    if key is None and name is None:
        count = ports.topics.count()
        return view(ports.topics.walk, count, look)
    found = [
        topic
        for topic in _all(ports, FieldName.KEY if name is None else FieldName.NAME)
        if (key or "").casefold() in topic.key.casefold()
        and (name or "").casefold() in topic.name.casefold()
    ]
    walk = paging.over(found, lambda topic: (topic.key,), f"{ports.tenant} topics found")
    return view(walk, Count(len(found)), look)


def numbered(
    page: int, size: int, *, key: str | None, ports: TenantPorts
) -> NumberedWalk[tuple[Topic, Sequence[str]]]:
    """Return a numbered page of topics with their first members; with a key, that topic alone."""
    if key is None:
        count = ports.topics.count
        found = numbering.numbered_walk(ports.topics.walk, count, page, size)
    else:
        try:
            only = [ports.topics.get(key)]
        except NotFound:
            only = []
        walk = paging.over(only, lambda topic: (topic.key,), f"{ports.tenant} topic")
        found = numbering.numbered_walk(walk, lambda: Count(len(only)), page, size)
    ids = [first_members(topic.key, ports=ports) for topic in found.items]
    shown = list(zip(found.items, ids, strict=True))
    return NumberedWalk(shown, page=page, size=size, more=found.more, count=found.count)


def first_members(key: str, *, ports: TenantPorts) -> Sequence[str]:
    """Return the members shown with a topic where its API has no pages of them."""
    return ports.topics.members(key, None, _SHOWN).items


def rename(key: str, name: str, *, ports: TenantPorts) -> Topic:
    def attempt() -> Topic:
        before = ports.topics.get(key)
        if before.name == name:
            return before
        now, version = ports.clock.now(), before.version + 1
        topic = replace(before, name=name, updated_at=now, version=version)
        ports.topics.save(topic)
        return topic

    return in_turn(attempt, ports.clock.pause)


def called(name: str | None, *, ports: TenantPorts) -> Topic | None:
    """Return the topic of this key or name, None for no name; raise Invalid for an unknown one."""
    if not name:
        return None
    with suppress(NotFound):
        return ports.topics.get(name)
    for topic in _all(ports, FieldName.TOPIC):
        if topic.name == name:
            return topic
    raise Invalid(FieldProblem(FieldName.TOPIC, "does not exist", name, "reference"))


def _all(ports: TenantPorts, field: FieldName) -> list[Topic]:
    """Return every topic, to be searched; raise Invalid when there are more than a call reads."""
    found = gathered(ports.topics.list, None, GATHERED, step=1_000)
    if found.cursor is not None:
        raise Invalid(FieldProblem(field, f"needs at most {GATHERED} topics; use a topic's key"))
    return list(found.items)
