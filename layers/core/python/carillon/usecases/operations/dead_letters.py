"""Look at what the workers gave up, send it on its way again, or end it.

Reading hides a letter from everybody else, so what is left over is given back at the end. The
order is SQS's: nothing says which letters a call meets first.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from carillon.domain.activity import history
from carillon.domain.activity.dead_letters import QUEUES, DeadLetter, Taken
from carillon.domain.base import ids
from carillon.domain.base.errors import NotFound
from carillon.domain.delivery.deliveries import (
    Chunk,
    Delivery,
    DeliveryRecord,
    Held,
    Outcome,
    Status,
)
from carillon.domain.delivery.waiting import DeliveryKey, Retry
from carillon.ports import Ports, TenantPorts
from carillon.usecases.operations.cancel import cancelled, end_waiting
from carillon.usecases.tenancy import tenants

# Giving back what was read takes about as long again, and a call has 29 s.
READING = timedelta(seconds=10)

_DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True)
class DeadLetterFilter:
    """Letters to act on: any, unless it names some, or one tenant's, or both."""

    limit: int
    ids: frozenset[str] = frozenset()
    tenant: str | None = None

    def takes(self, letter: DeadLetter) -> bool:
        named = not self.ids or letter.id in self.ids
        return named and self.tenant in {None, letter.tenant}


@dataclass(frozen=True, kw_only=True)
class DeadLetterPage:
    letters: Sequence[DeadLetter]  # the oldest of them first
    more: bool  # there may be others


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """How many letters were dealt with, and how many were chosen and could not be."""

    done: int
    kept: int
    more: bool  # there may be others that the choice takes


def queues(*, ports: Ports) -> Mapping[str, int]:
    """About how many letters each queue holds."""
    return ports.dead_letters.counts()


def look(queue: str, limit: int, *, ports: Ports) -> DeadLetterPage:
    """Raise NotFound for no queue of ours."""
    found: list[DeadLetter] = []
    with _Reading(queue, ports) as reading:
        for batch in reading:
            found += (taken.letter for taken in batch)
            if len(found) >= limit:
                break
    shown = sorted(found[:limit], key=lambda letter: (letter.sent_at, letter.id))
    return DeadLetterPage(letters=shown, more=not reading.ended)


def redrive(queue: str, choice: DeadLetterFilter, *, ports: Ports) -> Settlement:
    """Send the letters to the queue that they died on, as they are.

    A crash may send one twice, which the leases of chunks and the ids of all else make harmless;
    none is lost. Raise NotFound for no queue of ours.
    """
    return _settle(queue, choice, lambda taken: ports.dead_letters.redrive(queue, taken), ports)


def drop(queue: str, choice: DeadLetterFilter, *, ports: Ports) -> Settlement:
    """End the letters; a chunk's deliveries without a final state are cancelled before.

    A chunk that a worker holds is kept. Raise NotFound for no queue of ours.
    """

    def end(taken: Sequence[Taken]) -> frozenset[str]:
        ended = [each for each in taken if _end(each, ports)]
        return ports.dead_letters.remove(queue, ended)

    return _settle(queue, choice, end, ports)


class _Reading:
    """A queue's letters in batches, each letter once, for as long as reading may take."""

    def __init__(self, queue: str, ports: Ports) -> None:
        if queue not in QUEUES:
            raise NotFound("queue", queue)
        self._queue = queue
        self._ports = ports
        self._held: dict[str, Taken] = {}
        self.seen: set[str] = set()
        self.ended = False

    def __iter__(self) -> Iterator[Sequence[Taken]]:
        until = self._ports.clock.now() + READING
        while self._ports.clock.now() < until:
            taken = {each.letter.id: each for each in self._ports.dead_letters.receive(self._queue)}
            new = [each for id, each in taken.items() if id not in self.seen]
            # Without their bodies: thousands may pass by, of up to a megabyte each.
            self._held |= {id: replace(each, work=None, body="") for id, each in taken.items()}
            self.seen.update(taken)
            if not new:
                self.ended = not taken
                return
            yield new

    def let_go(self, ids: frozenset[str]) -> None:
        """These are not ours to give back any more."""
        for id in ids:
            self._held.pop(id, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._ports.dead_letters.give_back(self._queue, list(self._held.values()))


def _settle(
    queue: str,
    choice: DeadLetterFilter,
    act: Callable[[Sequence[Taken]], frozenset[str]],
    ports: Ports,
) -> Settlement:
    done = tried = 0
    passed_over = False
    with _Reading(queue, ports) as reading:
        for batch in reading:
            wanted = [taken for taken in batch if choice.takes(taken.letter)]
            chosen = wanted[: choice.limit - tried]
            settled = act(chosen)
            reading.let_go(settled)
            done += len(settled)
            tried += len(chosen)
            passed_over = len(chosen) < len(wanted)
            if tried == choice.limit or (choice.ids and choice.ids <= reading.seen):
                break
    all_met = reading.ended or (bool(choice.ids) and choice.ids <= reading.seen)
    kept = tried - done
    return Settlement(done=done, kept=kept, more=passed_over or kept > 0 or not all_met)


def _end(taken: Taken, ports: Ports) -> bool:
    """Whether nothing depends on the message any more."""
    if taken.work and tenants.is_gone(ports=ports.of(taken.work.tenant)):
        return True
    match taken.work:
        case Chunk() as chunk:
            return _cancel(chunk, ports.of(chunk.tenant))
        case Retry() as retry:
            end_waiting(retry.deliveries, code=_DROPPED, ports=ports.of(retry.tenant))
    return True


def _cancel(chunk: Chunk, ports: TenantPorts) -> bool:
    """Give each delivery a final state; False if a worker holds the chunk.

    What stands for itself by now is ended there, and its account in the chunk left as it is.
    """
    owner, now = ids.new(), ports.clock.now()
    claim = ports.chunks.claim(chunk, owner, now)
    if isinstance(claim, Held):
        return False
    before = claim.attempted
    open_ = [d for d in chunk.deliveries if d.id in before and not before[d.id].status.final]
    keys = [DeliveryKey(d.invocation, d.id) for d in open_]
    elsewhere = end_waiting(keys, code=_DROPPED, ports=ports)
    record = dict(before)
    for delivery in chunk.deliveries:
        known = before.get(delivery.id)
        if known is None:
            record[delivery.id] = _never_attempted(delivery, chunk, now)
        elif (
            not known.status.final
            and DeliveryKey(delivery.invocation, delivery.id) not in elsewhere
        ):
            record[delivery.id] = cancelled(known, _DROPPED, now)
    ports.history.add(history.entries(chunk, chunk.deliveries))
    return ports.chunks.record(chunk, owner, record)


def _never_attempted(delivery: Delivery, chunk: Chunk, at: datetime) -> DeliveryRecord:
    return DeliveryRecord(
        delivery=delivery.id,
        invocation=delivery.invocation,
        integration=delivery.integration,
        provider=delivery.provider,
        status=Status.CANCELLED,
        outcome=Outcome.BAD,
        attempts=0,
        at=at,
        subscriber=delivery.subscriber,
        code=_DROPPED,
        replay_of=delivery.replay_of,
        channel=chunk.channel,
    )
