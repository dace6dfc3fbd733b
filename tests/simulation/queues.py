"""Queues in memory that behave like SQS: visibility, delays, disorder, duplicates, dead letters."""

import heapq
import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from carillon.adapters.delivery.queues import SqsQueues
from carillon.domain.base.channels import Channel
from carillon.ports.base import Clock

FAN_OUT = "fan_out"
VISIBILITY = timedelta(seconds=360)
MOST_RECEIVES = 10
_MOST_ENTRIES = 10
_MOST_BYTES = 1024 * 1024
_LONGEST_DELAY = 900
_COPIES_WITHIN = 120.0  # seconds
_DISORDER = 0.5


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


class SimulatedSqs:
    """`twice` is the share of messages given twice, `refused` that of entries not taken.

    `disorder` is the seconds by which one message may overtake another.

    It is the client that our own adapter sends with, and the poller that Lambda receives with.
    """

    def __init__(
        self, clock: Clock, chance: random.Random, *, twice: float = 0.0, refused: float = 0.0
    ) -> None:
        self._clock, self._chance = clock, chance
        self.twice, self.refused, self.disorder = twice, refused, _DISORDER
        self._ready: list[_Ready] = []
        self._ids = count(1)
        self._deleted: set[int] = set()
        self.dead: list[Letter] = []
        self.sent = 0

    def port(self) -> SqsQueues:
        """The queues as the use cases know them."""
        clients: Any = SimpleNamespace(sqs=self)
        return SqsQueues(
            clients, fan_out=FAN_OUT, channels={channel: channel.value for channel in Channel}
        )

    # -- what senders call

    def send_message(self, **message: Any) -> None:
        # Its client tries a call three times before it says so.
        if all(self._chance.random() < self.refused for _ in range(3)):
            raise ClientError({"Error": {"Code": "RequestThrottled"}}, "SendMessage")
        self._take(**message)

    def send_message_batch(self, QueueUrl: str, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803
        assert len(Entries) <= _MOST_ENTRIES
        assert sum(len(entry["MessageBody"]) for entry in Entries) <= _MOST_BYTES
        failed = [entry for entry in Entries if self._chance.random() < self.refused]
        for entry in Entries:
            if entry not in failed:
                self._take(QueueUrl, **entry)
        return {"Failed": [{"Id": each["Id"], "SenderFault": False} for each in failed]}

    # -- the other side

    def next_at(self) -> datetime | None:
        return self._ready[0].at if self._ready else None

    def receive(self) -> Letter | None:
        """The next visible message, hidden from now on for the time of its visibility."""
        now = self._clock.now()
        while self._ready and self._ready[0].at <= now:
            letter = heapq.heappop(self._ready).letter
            if letter.id in self._deleted:
                continue
            if letter.receives >= MOST_RECEIVES:
                self.dead.append(letter)
                continue
            letter.receives += 1
            if not letter.is_copy and self._chance.random() < self.twice:
                # Another server still has it, and gives it to somebody now or some time later.
                later = self._chance.choice(
                    (-self.disorder, self._chance.random() * _COPIES_WITHIN)
                )
                self._put(replace(letter, is_copy=True), later)
            return letter
        return None

    def delete(self, letter: Letter) -> None:
        """It is done with. So is every copy of it: SQS deletes messages, not receives of them."""
        self._deleted.add(letter.id)

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

    def _take(
        self,
        QueueUrl: str,  # noqa: N803
        MessageBody: str,  # noqa: N803
        MessageGroupId: str,  # noqa: N803
        DelaySeconds: int = 0,  # noqa: N803
        Id: str = "",  # noqa: N803
    ) -> None:
        assert 0 <= DelaySeconds <= _LONGEST_DELAY, Id
        self._put(Letter(next(self._ids), QueueUrl, MessageBody, MessageGroupId), DelaySeconds)
        self.sent += 1

    def _put(self, letter: Letter, seconds: float) -> None:
        at = self._clock.now() + timedelta(seconds=seconds + self._chance.random() * self.disorder)
        heapq.heappush(self._ready, _Ready(at, self._chance.random(), letter))
