"""Dead letters, the messages that workers gave up: look at them, send them again, or drop them.

Reading hides a letter from everybody else, so letters that are left over are given back at the end.
The order is SQS's: a call may meet any letters first.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from types import TracebackType
from typing import Self

from carillon.domain.activity.dead_letters import QUEUES, DeadLetter, Taken
from carillon.domain.base.errors import NotFound
from carillon.domain.base.terms import Noun
from carillon.ports import Ports
from carillon.usecases.operations import dropping

# Giving letters back takes about as long as reading them, and a call has 29 s.
READING = timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True)
class DeadLetterFilter:
    """Letters to act on: all, unless it names some, or a tenant, or both."""

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
    """How many of the chosen letters were dealt with, and how many had to be kept."""

    done: int
    kept: int
    more: bool  # there may be others that the filter takes


def queues(*, ports: Ports) -> Mapping[str, int]:
    """Return about how many letters each queue holds."""
    return ports.dead_letters.counts()


def look(queue: str, limit: int, *, ports: Ports) -> DeadLetterPage:
    """Return some of a queue's letters; raise NotFound for an unknown queue."""
    found: list[DeadLetter] = []
    with _Reading(queue, ports) as reading:
        for batch in reading:
            found += (taken.letter for taken in batch)
            if len(found) >= limit:
                break
    shown = sorted(found[:limit], key=lambda letter: (letter.sent_at, letter.id))
    return DeadLetterPage(letters=shown, more=not reading.ended)


def redrive(queue: str, choice: DeadLetterFilter, *, ports: Ports) -> Settlement:
    """Send the letters, as they are, to the queue that they died on.

    A crash may send one twice, which leases of chunks and ids of all other work make harmless; none
    is lost. Raise NotFound for an unknown queue.
    """
    return _settle(queue, choice, lambda taken: ports.dead_letters.redrive(queue, taken), ports)


def drop(queue: str, choice: DeadLetterFilter, *, ports: Ports) -> Settlement:
    """Remove the letters, after ending their deliveries that have no final state.

    A chunk that a worker holds is kept. Raise NotFound for an unknown queue.
    """

    def end(taken: Sequence[Taken]) -> frozenset[str]:
        ended = [each for each in taken if dropping.end(each, ports=ports)]
        return ports.dead_letters.remove(queue, ended)

    return _settle(queue, choice, end, ports)


class _Reading:
    """A queue's letters in batches, each letter once, until reading has taken long enough."""

    def __init__(self, queue: str, ports: Ports) -> None:
        if queue not in QUEUES:
            raise NotFound(Noun.QUEUE, queue)
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
        """Forget letters that were dealt with, so that they are not given back."""
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
