"""Delete a subscriber, then remove step by step what is stored about the subscriber.

From the call on, nothing of the subscriber is shown to the id's next owner; within 5 seconds every
worker knows of the deletion, and ends what it has for the subscriber unsent. The first pass removes
what is there, the last what workers wrote who did not know yet. A step may be repeated. A
subscriber's history leads to everything else, so each entry is removed after all it leads to.
"""

from collections.abc import Sequence
from dataclasses import replace

from carillon.domain.activity.feeds import FeedPosition
from carillon.domain.activity.history import Entry
from carillon.domain.audience.erasures import Erasure, ErasureStep
from carillon.domain.base.errors import NotFound, Unfinished
from carillon.domain.delivery import lifecycle
from carillon.domain.delivery.waiting import DeliveryKey, Waiting
from carillon.ports import TenantPorts
from carillon.telemetry import log_context
from carillon.usecases.audience import subscribers
from carillon.usecases.tenancy import tenants

_AT_ONCE = 100  # entries of a history, or messages of a feed
_PAGES = 5  # of a history, in one step
_LAST = "~"  # sorts after every id


def begin(id: str, *, ports: TenantPorts) -> None:
    """Delete a subscriber, and queue the removal of what is stored about them.

    Raise NotFound for an unknown one, Unavailable when the removal could not be queued. The
    subscriber goes last: after a crash they are there to be deleted again.
    """
    since = subscribers.get(id, ports=ports).created_at
    erasure = Erasure(subscriber=id, at=ports.clock.now(), since=since)
    ports.erasures.begin(erasure)
    ports.queues.send_erasure(ErasureStep(tenant=ports.tenant, subscriber=id, at=erasure.at))
    ports.subscribers.remove(id)


def erase_some(step: ErasureStep, *, ports: TenantPorts) -> None:
    """Remove some pages of what is stored, then queue the next step, or say that all is done.

    Raise Unfinished, so that the queue gives the step again, when the last pass met what a worker
    holds.
    """
    if tenants.is_gone(ports=ports):
        return
    erasure = ports.erasures.get_many([step.subscriber]).get(step.subscriber)
    if erasure is None or erasure.at != step.at or erasure.done_at:
        return  # another series of steps does it, or did
    _remove_person(erasure, ports)
    cursor, held = step.cursor, 0
    for _ in range(_PAGES):
        cursor, some = _erase_page(erasure, cursor, ports)
        held += some
        if cursor is None:
            break
    if held and step.last:
        raise Unfinished(f"{held} deliveries of a deleted subscriber are held by workers")
    if cursor is not None:
        ports.queues.send_erasure(replace(step, cursor=cursor))
        return
    _empty_feed(erasure, ports)
    if step.last:
        ports.erasures.finish(replace(erasure, done_at=ports.clock.now()))
        log_context.add(erased=True)
    else:
        ports.queues.send_erasure(replace(step, cursor=None, last=True))


def _remove_person(erasure: Erasure, ports: TenantPorts) -> None:
    """Remove the subscriber where the deletion broke off, or a worker who knew nothing made one."""
    found = ports.subscribers.get_many([erasure.subscriber]).get(erasure.subscriber)
    if found is None or not erasure.is_of(found):
        return
    try:
        ports.subscribers.remove(found.id)
    except NotFound:
        return  # the deletion was repeated meanwhile


def _erase_page(erasure: Erasure, cursor: str | None, ports: TenantPorts) -> tuple[str | None, int]:
    """Erase a page of the history; return the next cursor, and how many deliveries are held."""
    page = ports.history.of_subscriber(
        erasure.subscriber,
        since=None,
        until=erasure.at + erasure.at.resolution,
        cursor=cursor,
        limit=_AT_ONCE,
    )
    if not page.items:
        return None, 0
    now = ports.clock.now()
    invocations = list(dict.fromkeys(one.invocation for one in page.items))
    _remove_attachments(invocations, erasure.subscriber, ports)
    ports.invocations.forget(invocations, erasure.subscriber)
    busy = ports.chunks.anonymize(
        list(dict.fromkeys(one.chunk for one in page.items)),
        frozenset(one.delivery for one in page.items),
        now,
    )
    held = _end_waiting([DeliveryKey(one.invocation, one.delivery) for one in page.items], ports)
    free = [one for one in page.items if one.chunk not in busy and _key(one) not in held]
    ports.feeds.remove([_place(one) for one in free])
    ports.history.remove(free)
    return page.cursor, len(page.items) - len(free)


def _remove_attachments(invocations: Sequence[str], subscriber: str, ports: TenantPorts) -> None:
    """Remove the stored attachments of events that name the subscriber alone.

    Before they name nobody, so that a step that is repeated finds them again.
    """
    found = ports.invocations.get_many(invocations).values()
    theirs = [one.invocation for one in found if one.invocation.is_for(subscriber)]
    if keys := [key for invocation in theirs for key in invocation.stored]:
        ports.attachments.remove(keys)


def _end_waiting(keys: Sequence[DeliveryKey], ports: TenantPorts) -> frozenset[DeliveryKey]:
    """End and erase deliveries that wait for a retry; return the keys of those a worker has."""
    now = ports.clock.now()
    found = [one for one in ports.waiting.get_many(keys) if not one.record.erased]
    ended = [_erased(one, ports) for one in found if not one.is_held(now)]
    done = {one.key for one in (ports.waiting.record(ended) if ended else ())}
    return frozenset(one.key for one in found) - done


def _erased(one: Waiting, ports: TenantPorts) -> Waiting:
    now = ports.clock.now()
    if one.record.status.final:
        return one.recorded(one.record.anonymous, now)
    return one.recorded(lifecycle.erase(one.open, at=now), now)


def _empty_feed(erasure: Erasure, ports: TenantPorts) -> None:
    end = FeedPosition(erasure.subscriber, erasure.at, _LAST)
    while some := ports.feeds.newest(erasure.subscriber, _AT_ONCE, before=end):
        ports.feeds.remove([one.place for one in some])


def _place(one: Entry) -> FeedPosition:
    return FeedPosition(one.subscriber, one.accepted_at, one.delivery)


def _key(one: Entry) -> DeliveryKey:
    return DeliveryKey(one.invocation, one.delivery)
