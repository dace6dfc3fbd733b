"""Sweep: each minute, send what is due to its queue. Whatever else was lost, this finds it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from carillon.domain.waiting import DUE_SHARDS, PATIENCE, Due
from carillon.ports import Ports
from carillon.usecases import retry

_AHEAD = timedelta(minutes=1)  # what is due until the next sweep rides a queue's delay
_PAGE = 500
_TIME_FOR_A_PAGE = 5  # seconds


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What a sweep found: how much, and since when the oldest of it has had no final state."""

    deliveries: int = 0
    oldest_accepted_at: datetime | None = None


def sweep(*, ports: Ports, time_left: Callable[[], float]) -> Swept:
    """Send all that is due within the next minute. `time_left` is in seconds.

    What is sent is found again in ten minutes, unless a worker has had it by then. Raise
    Unavailable when a queue or the table is: the next sweep finds the rest.
    """
    now = ports.clock.now()
    count = 0
    oldest: datetime | None = None
    for page in _pages(now, ports, time_left):
        ports.queues.send_retries(
            retry.messages(
                [(one.tenant, one.channel, one.key, one.next_attempt_at) for one in page], now=now
            )
        )
        ports.waiting.postpone(page, now + PATIENCE)
        count += len(page)
        first = min(one.accepted_at for one in page)
        oldest = min(first, oldest) if oldest else first
    return Swept(deliveries=count, oldest_accepted_at=oldest)


def _pages(now: datetime, ports: Ports, time_left: Callable[[], float]) -> Iterator[list[Due]]:
    for shard in range(DUE_SHARDS):
        after: datetime | None = None
        while time_left() > _TIME_FOR_A_PAGE:
            page = list(ports.waiting.due(shard, after=after, until=now + _AHEAD, limit=_PAGE))
            if page:
                yield page
                after = page[-1].sweep_at
            if len(page) < _PAGE:
                break
