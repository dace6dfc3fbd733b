"""Sweep: each minute, send due deliveries to their queues, whatever messages were lost."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from carillon.domain.delivery.waiting import DUE_SHARDS, PATIENCE, Due
from carillon.ports import Ports
from carillon.usecases.delivery import retry

_AHEAD = timedelta(minutes=1)  # deliveries due before the next sweep ride a queue's delay
_PAGE = 500
_TIME_FOR_A_PAGE = 5  # seconds


@dataclass(frozen=True, kw_only=True)
class SweepResult:
    """How many deliveries a sweep found due, and for how long they have been.

    In seconds: `oldest_nonterminal` is the longest time since one of them was accepted (deliveries
    that are not due have no final state either, but wait on purpose), `overdue` since one was due.
    """

    deliveries: int = 0
    oldest_nonterminal: float = 0.0
    overdue: float = 0.0


def sweep(*, ports: Ports, time_left: Callable[[], float]) -> SweepResult:
    """Send the deliveries due within the next minute. `time_left` is in seconds.

    Each is found again in ten minutes, unless a worker has had it by then. Raise Unavailable when a
    queue or the table is: the next sweep finds the rest.
    """
    now = ports.clock.now()
    swept = SweepResult()
    for page in _pages(now, ports, time_left):
        due = [(one.tenant, one.channel, one.key, one.next_attempt_at) for one in page]
        ports.queues.send_retries(retry.messages(due, now=now))
        ports.due.postpone(page, now + PATIENCE)
        swept = SweepResult(
            deliveries=swept.deliveries + len(page),
            oldest_nonterminal=max(
                swept.oldest_nonterminal, *(_seconds(now - one.accepted_at) for one in page)
            ),
            overdue=max(swept.overdue, *(_seconds(now - one.next_attempt_at) for one in page)),
        )
    return swept


def _pages(now: datetime, ports: Ports, time_left: Callable[[], float]) -> Iterator[list[Due]]:
    for shard in range(DUE_SHARDS):
        after: datetime | None = None
        while time_left() > _TIME_FOR_A_PAGE:
            page = list(ports.due.due(shard, after=after, until=now + _AHEAD, limit=_PAGE))
            if page:
                yield page
                after = page[-1].sweep_at
            if len(page) < _PAGE:
                break


def _seconds(time: timedelta) -> float:
    return time.total_seconds()
