"""In memory: what the workers gave up."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice

from carillon.adapters.activity.dead_letters import read
from carillon.domain.activity.dead_letters import QUEUES, Taken
from tests.fakes.outside import START

_BATCH = 10


@dataclass
class _Stored:
    body: str
    group: str | None
    receives: int
    receipt: str = ""  # of whoever holds it; none while it can be seen


class DeadLetters:
    """`refused` are the ids of letters that their queue does not take again.

    What is taken stays hidden until it is given back: nobody here waits for 30 seconds.
    """

    def __init__(self) -> None:
        self.stored: dict[str, dict[str, _Stored]] = {queue: {} for queue in QUEUES}
        self.redriven: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
        self.refused: set[str] = set()
        self._numbers = count(1)

    def put(self, queue: str, body: str, group: str | None = None, receives: int = 5) -> str:
        """Let a message die on the queue; its id."""
        id = f"m{next(self._numbers):04}"
        self.stored[queue][id] = _Stored(body, group, receives)
        return id

    def counts(self) -> Mapping[str, int]:
        return {queue: len(letters) for queue, letters in self.stored.items()}

    def receive(self, queue: str) -> Sequence[Taken]:
        seen = ((id, each) for id, each in self.stored[queue].items() if not each.receipt)
        return [self._take(queue, id, each) for id, each in list(islice(seen, _BATCH))]

    def give_back(self, queue: str, letters: Sequence[Taken]) -> None:
        for each in letters:
            if self._holds(queue, each):
                self.stored[queue][each.letter.id].receipt = ""

    def redrive(self, queue: str, letters: Sequence[Taken]) -> frozenset[str]:
        sent = [each for each in letters if each.letter.id not in self.refused]
        self.redriven[queue] += ((each.body, each.group) for each in sent)
        self.remove(queue, sent)
        return frozenset(each.letter.id for each in sent)

    def remove(self, queue: str, letters: Sequence[Taken]) -> frozenset[str]:
        gone = frozenset(each.letter.id for each in letters if self._holds(queue, each))
        for id in gone:
            del self.stored[queue][id]
        return gone

    def _take(self, queue: str, id: str, stored: _Stored) -> Taken:
        stored.receipt = f"r{next(self._numbers)}"
        stored.receives += 1
        return read(
            queue,
            stored.body,
            id=id,
            group=stored.group,
            receives=stored.receives - 1,
            sent_at=START,
            receipt=stored.receipt,
        )

    def _holds(self, queue: str, taken: Taken) -> bool:
        stored = self.stored[queue].get(taken.letter.id)
        return stored is not None and stored.receipt == taken.receipt
