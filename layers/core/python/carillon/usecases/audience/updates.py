"""Create and change many subscribers: from the APIs, and from recipients in triggers."""

import logging
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, partial

from carillon.domain.audience import subscribers
from carillon.domain.audience.subscribers import (
    Burial,
    NoRoom,
    Subscriber,
    SubscriberChanges,
    merge,
    registered,
    without_dead,
)
from carillon.domain.base import turns
from carillon.domain.base.errors import Invalid, NotFound, Unavailable
from carillon.domain.base.terms import Noun
from carillon.domain.integrations.integrations import Integration
from carillon.ports import TenantPorts
from carillon.usecases.setup.address_binding import Binder

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Upserted:
    """The subscribers as stored now, and the ids created, updated and unchanged.

    `before` has those who were stored before; `stages` each one after the first change, after the
    second, and so on. Whoever has no room for more addresses is in `refused`, by id, and unchanged.
    """

    subscribers: Mapping[str, Subscriber]
    before: Mapping[str, Subscriber] = field(default_factory=dict)
    stages: Mapping[str, Sequence[Subscriber]] = field(default_factory=dict)
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: Mapping[str, Invalid] = field(default_factory=dict)

    def one(self, id: str) -> Subscriber:
        """Return a subscriber as stored now; raise Invalid if its changes were refused."""
        if id in self.refused:
            raise self.refused[id]
        return self.subscribers[id]


NOBODY = Upserted(subscribers={})


class Contended(Unavailable):
    """Other writers kept saving the same subscribers. All but the `lost` ids are saved."""

    def __init__(self, done: Upserted, lost: Sequence[str]) -> None:
        super().__init__("Subscribers are being changed by too many callers at once")
        self.done = done
        self.lost = tuple(lost)


def upsert(
    changes: Sequence[SubscriberChanges],
    *,
    created_at: datetime | None = None,
    ports: TenantPorts,
) -> Upserted:
    """Merge changes into stored subscribers; changes of one id in their order.

    Whoever is new was created now, or at `created_at`: when the event was accepted that names them.

    Costs one read, and one save of those that really change. Ids that somebody else saved in
    between are read, merged and saved again; raise Contended when that keeps happening. An address
    that has no active integration (any more) is left out: who must be told binds it before.
    """
    binder = Binder(ports)
    by_id: dict[str, list[SubscriberChanges]] = {}
    for change in changes:
        by_id.setdefault(change.id, []).append(binder.bind_known(change))
    one_more = partial(merge_one, now=ports.clock.now(), integrations=_current(ports))

    stages: dict[str, Sequence[Subscriber]] = {}
    refused: dict[str, Invalid] = {}

    def merged(id: str, stored: Subscriber | None) -> Subscriber | None:
        try:
            stages[id] = _in_turn(stored, by_id[id], one_more)
        except NoRoom as error:
            refused[id] = error
            return None
        whole = _whole(stored, stages[id][-1])
        return replace(whole, created_at=created_at) if created_at and not stored else whole

    before, after, lost = _rewrite(tuple(by_id), merged, ports=ports)
    done = replace(_sorted_out(by_id, before, after), stages=stages, refused=refused)
    if lost:
        raise Contended(done, lost)
    return done


def merge_one(
    stored: Subscriber | None,
    changes: SubscriberChanges,
    *,
    now: datetime,
    integrations: Callable[[], Sequence[Integration]],
) -> Subscriber:
    """Merge one change; dead addresses that it registers live again.

    Where there is no room for its addresses, the dead ones make it. Failing that, raise NoRoom if
    the change is made on purpose; an event has been accepted, so the oldest ones make room for it.
    The integrations are asked for only when there are dead addresses, or no room.
    """
    try:
        after = merge(stored, changes, now)
    except NoRoom:
        known = integrations()
        alive = stored and without_dead(stored, known)
        after = merge(alive, changes, now, displacing=None if changes.registers else known)
    if changes.registers and after.dead:
        return registered(after, changes, integrations())
    return after


def merge_into(changes: SubscriberChanges, *, ports: TenantPorts) -> Subscriber:
    """Change an existing subscriber by bound changes; errors as in `change`."""
    now, current = ports.clock.now(), _current(ports)

    def merged(stored: Subscriber) -> Subscriber:
        return merge_one(stored, changes, now=now, integrations=current)

    return change(changes.id, merged, ports=ports)


def change(id: str, new: Callable[[Subscriber], Subscriber], *, ports: TenantPorts) -> Subscriber:
    """Change an existing subscriber, from the stored version.

    Raise NotFound when nobody is, Contended when others keep saving the same subscriber.
    """
    now = ports.clock.now()

    def changed(_id: str, stored: Subscriber | None) -> Subscriber:
        if stored is None:
            raise NotFound(Noun.SUBSCRIBER, id)
        after = new(stored)
        if after == stored:
            return stored
        return replace(after, updated_at=now, version=stored.version + 1)

    _, after, lost = _rewrite((id,), changed, ports=ports)
    if lost:
        raise Contended(Upserted(subscribers={}), lost)
    return after[id]


def bury(dead: Mapping[str, Sequence[Burial]], *, ports: TenantPorts) -> None:
    """Mark dead addresses, by subscriber id. An address that cannot be marked now dies again."""

    def marked(id: str, stored: Subscriber | None) -> Subscriber | None:
        return stored and subscribers.bury(stored, dead[id])

    _mark(tuple(dead), marked, ports=ports)


def unbury(alive: Mapping[str, Container[str]], *, ports: TenantPorts) -> None:
    """Remove death marks that are not believed any more, by subscriber id."""

    def marked(id: str, stored: Subscriber | None) -> Subscriber | None:
        return stored and subscribers.unbury(stored, alive[id])

    _mark(tuple(alive), marked, ports=ports)


def _mark(
    ids: tuple[str, ...],
    change: Callable[[str, Subscriber | None], Subscriber | None],
    *,
    ports: TenantPorts,
) -> None:
    try:
        _rewrite(ids, change, ports=ports)
    except Unavailable:
        _log.warning("dead addresses not marked", extra={"tenant": ports.tenant, "count": len(ids)})


def _rewrite(
    ids: Sequence[str],
    change: Callable[[str, Subscriber | None], Subscriber | None],
    *,
    ports: TenantPorts,
) -> tuple[Mapping[str, Subscriber], Mapping[str, Subscriber], Sequence[str]]:
    """Read, change and save; repeat for subscribers that another writer saved in between.

    What was stored, what is stored now, and the ids that were lost to others all along.
    """
    before: dict[str, Subscriber] = {}
    after: dict[str, Subscriber] = {}
    pending = ids
    for number in range(turns.ATTEMPTS):
        if not pending:
            break
        if number:
            ports.clock.pause(turns.length(number))
        stored = ports.subscribers.get_many(pending)
        before |= stored
        wanted = {id: new for id in pending if (new := change(id, stored.get(id))) is not None}
        changed = [new for id, new in wanted.items() if new is not stored.get(id)]
        pending = ports.subscribers.save(changed) if changed else ()
        lost = frozenset(pending)
        after |= {id: new for id, new in wanted.items() if id not in lost}
    return before, after, pending


def _current(ports: TenantPorts) -> Callable[[], Sequence[Integration]]:
    """Read the integrations once, as they are now: their settings of then have other marks."""
    return cache(lambda: ports.integrations.all(now=True))


def _in_turn(
    stored: Subscriber | None,
    changes: Iterable[SubscriberChanges],
    one_more: Callable[[Subscriber | None, SubscriberChanges], Subscriber],
) -> Sequence[Subscriber]:
    """Return the subscriber after each of the changes."""
    stages: list[Subscriber] = []
    for change in changes:
        stages.append(one_more(stages[-1] if stages else stored, change))
    return stages


def _whole(stored: Subscriber | None, merged: Subscriber) -> Subscriber:
    """Return all changes as one new version; the same object when nothing changes."""
    if stored is None:
        return replace(merged, version=1)
    as_before = replace(merged, updated_at=stored.updated_at, version=stored.version)
    return stored if as_before == stored else replace(merged, version=stored.version + 1)


def _sorted_out(
    ids: Iterable[str], before: Mapping[str, Subscriber], after: Mapping[str, Subscriber]
) -> Upserted:
    subscribers = {id: after[id] for id in ids if id in after}
    return Upserted(
        subscribers=subscribers,
        before=before,
        created=tuple(id for id in subscribers if id not in before),
        updated=tuple(id for id in subscribers if id in before and before[id] is not after[id]),
        unchanged=tuple(id for id in subscribers if before.get(id) is after[id]),
    )
