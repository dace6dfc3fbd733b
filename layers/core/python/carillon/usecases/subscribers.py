"""Create and change subscribers by the many: from the admin API and from recipients in triggers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from carillon.domain.errors import Unavailable
from carillon.domain.subscribers import Subscriber, SubscriberChanges, merge
from carillon.ports import Ports

ATTEMPTS = 5


@dataclass(frozen=True, kw_only=True)
class Upserted:
    """All subscribers asked for, as they are stored now, and what became of each id."""

    subscribers: Mapping[str, Subscriber]
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


class Contended(Unavailable):
    """Others kept saving the same subscribers. All but the `lost` ids are saved."""

    def __init__(self, done: Upserted, lost: Sequence[str]) -> None:
        super().__init__("Subscribers are being changed by too many callers at once")
        self.done = done
        self.lost = tuple(lost)


def upsert(changes: Sequence[SubscriberChanges], *, tenant: str, ports: Ports) -> Upserted:
    """Merge the changes into what is stored; changes of one id are merged in their order.

    Costs one read, and one save of those that really change. Ids that somebody else saved in
    between are read, merged and saved again; raise Contended when that keeps happening.
    """
    by_id: dict[str, list[SubscriberChanges]] = {}
    for change in changes:
        by_id.setdefault(change.id, []).append(change)
    before: dict[str, Subscriber] = {}
    after: dict[str, Subscriber] = {}
    pending: Sequence[str] = tuple(by_id)
    for _ in range(ATTEMPTS):
        if not pending:
            break
        now = ports.clock.now()
        stored = ports.subscribers.get_many(tenant, pending)
        before |= stored
        merged = {id: _merge_all(stored.get(id), by_id[id], now) for id in pending}
        changed = [merged[id] for id in pending if merged[id] is not stored.get(id)]
        pending = ports.subscribers.save(tenant, changed) if changed else ()
        lost = frozenset(pending)
        after |= {id: subscriber for id, subscriber in merged.items() if id not in lost}
    done = _sorted_out(by_id, before, after)
    if pending:
        raise Contended(done, pending)
    return done


def _merge_all(
    stored: Subscriber | None, changes: Iterable[SubscriberChanges], now: datetime
) -> Subscriber:
    """All changes as a single new version; the very same object when they come to nothing."""
    subscriber = stored
    for change in changes:
        subscriber = merge(subscriber, change, now)
    if subscriber is None:
        raise ValueError("no changes to merge")
    if stored is None:
        return replace(subscriber, version=1)
    as_before = replace(subscriber, updated_at=stored.updated_at, version=stored.version)
    return stored if as_before == stored else replace(subscriber, version=stored.version + 1)


def _sorted_out(
    ids: Iterable[str], before: Mapping[str, Subscriber], after: Mapping[str, Subscriber]
) -> Upserted:
    subscribers = {id: after[id] for id in ids if id in after}
    return Upserted(
        subscribers=subscribers,
        created=tuple(id for id in subscribers if id not in before),
        updated=tuple(id for id in subscribers if id in before and before[id] is not after[id]),
        unchanged=tuple(id for id in subscribers if before.get(id) is after[id]),
    )
