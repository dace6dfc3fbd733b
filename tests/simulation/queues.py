"""Queues in memory that behave like SQS: visibility, delays, disorder, duplicates, dead letters."""

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from carillon.adapters import messages
from carillon.adapters.messages import Message
from carillon.domain.deliveries import Chunk
from carillon.domain.errors import Unavailable
from carillon.domain.invocations import Job, TopicPage
from carillon.domain.replays import Replay
from carillon.domain.waiting import LONGEST_DELAY, Retry
from carillon.ports import Clock

FAN_OUT = "fan_out"
VISIBILITY = timedelta(seconds=360)
MOST_RECEIVES = 5
_DISORDER = 0.5  # seconds by which one message may overtake another


@dataclass
class Letter:
    id: int
    queue: str
    body: str
    group: str
    receives: int = 0
    is_copy: bool = False


@dataclass(order=True)
class _Ready:
    at: datetime
    order: float
    letter: Letter = field(compare=False)


class SimulatedQueues:
    """`twice` is the share of messages given twice, `refused` that of those not taken."""

    def __init__(
        self, clock: Clock, chance: random.Random, *, twice: float = 0.0, refused: float = 0.0
    ) -> None:
        self._clock, self._chance = clock, chance
        self.twice, self.refused = twice, refused
        self._ready: list[_Ready] = []
        self._ids = count(1)
        self.dead: list[Letter] = []
        self.sent = 0

    # -- the port

    def send_jobs(self, jobs: Sequence[Job]) -> Sequence[Job]:
        return [job for job in jobs if not self._take(FAN_OUT, job)]

    def send_pages(self, pages: Sequence[TopicPage]) -> None:
        self._all(FAN_OUT, pages)

    def send_replays(self, replays: Sequence[Replay]) -> None:
        self._all(FAN_OUT, replays)

    def send_chunks(self, chunks: Sequence[Chunk]) -> None:
        self._all(None, chunks)

    def send_retries(self, retries: Sequence[Retry]) -> None:
        self._all(None, retries)

    # -- the other side

    def next_at(self) -> datetime | None:
        return self._ready[0].at if self._ready else None

    def receive(self) -> Letter | None:
        """The next visible message, hidden from now on for the time of its visibility."""
        now = self._clock.now()
        while self._ready and self._ready[0].at <= now:
            letter = heapq.heappop(self._ready).letter
            if letter.receives >= MOST_RECEIVES:
                self.dead.append(letter)
                continue
            letter.receives += 1
            if not letter.is_copy and self._chance.random() < self.twice:
                self._put(replace(letter, is_copy=True), seconds=0)  # another server still has it
            return letter
        return None

    def give_back(self, letter: Letter) -> None:
        """It was not deleted: it is visible again when its visibility ends."""
        self._put(letter, VISIBILITY.total_seconds())

    def lose_all(self) -> None:
        """What must never happen to a chunk, and does not matter to a retry."""
        self._ready.clear()

    def redrive(self) -> None:
        """Give the dead letters another chance."""
        dead, self.dead = self.dead, []
        for letter in dead:
            self._put(replace(letter, receives=0), seconds=0)

    def inject(self, queue: str, body: str, group: str) -> None:
        self._put(Letter(next(self._ids), queue, body, group), seconds=0)

    def _all(self, queue: str | None, things: Sequence[TopicPage | Replay | Chunk | Retry]) -> None:
        taken = [self._take(queue or str(getattr(thing, "channel", "")), thing) for thing in things]
        if not all(taken):
            raise Unavailable("The queue did not take every message")

    def _take(self, queue: str, thing: Message) -> bool:
        if self._chance.random() < self.refused:
            return False
        delay = thing.delay if isinstance(thing, Retry) else 0
        assert delay <= LONGEST_DELAY.total_seconds()
        letter = Letter(next(self._ids), queue, messages.encode(thing), thing.tenant)
        self._put(letter, delay)
        self.sent += 1
        return True

    def _put(self, letter: Letter, seconds: float) -> None:
        at = self._clock.now() + timedelta(seconds=seconds + self._chance.random() * _DISORDER)
        heapq.heappush(self._ready, _Ready(at, self._chance.random(), letter))
