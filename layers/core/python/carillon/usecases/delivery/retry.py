"""Retry: attempt waiting deliveries once more, and send those that are due again to their queue.

The table is the truth, a message only a hint: one that is early, late or there twice finds in the
table what is to be done, and one that is lost is replaced by the sweeper.
"""

import logging
import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unavailable, Unfinished
from carillon.domain.delivery.deliveries import CHUNK_SIZE, EventDetails
from carillon.domain.delivery.waiting import LONGEST_DELAY, MOST_HOPS, DeliveryKey, Retry, Waiting
from carillon.ports import TenantPorts
from carillon.usecases.audience.erasures import ErasedDeliveries
from carillon.usecases.delivery import attempts
from carillon.usecases.delivery.attempts import TIME_TO_SEND

_CLOCKS_DIFFER = timedelta(seconds=1)

_log = logging.getLogger(__name__)


def retry(message: Retry, *, ports: TenantPorts, time_left: Callable[[], float]) -> None:
    """Attempt the message's deliveries that are due and that no other worker holds.

    Raise Unfinished, so that the queue gives the message again, when another worker holds one or
    time ran out. `time_left` is in seconds.
    """
    if time_left() < TIME_TO_SEND:
        raise Unfinished("too little time is left to start")
    now = ports.clock.now()
    found = ports.waiting.get_many(message.deliveries)
    due = [one for one in found if _is_due(one, now)]
    claimed = ports.waiting.claim([one for one in due if not one.is_held(now)], now)
    left = len(due) - len(claimed)
    if claimed:
        left += _attempt(claimed, message, ports, time_left)
    if left:
        raise Unfinished(f"{left} of {len(message.deliveries)} are held, or not attempted yet")


def send(waiting: Sequence[Waiting], *, hops: int, ports: TenantPorts) -> None:
    """Send deliveries due within 15 minutes to their queue; the sweeper finds all others."""
    if hops > MOST_HOPS:
        return
    now = ports.clock.now()
    near = [
        (one.record.next_attempt_at, one)
        for one in waiting
        if one.record.next_attempt_at and one.record.next_attempt_at - now <= LONGEST_DELAY
    ]
    retries = messages(
        [(one.tenant, one.channel, one.key, at) for at, one in near], now=now, hops=hops
    )
    try:
        ports.queues.send_retries(retries)
    except Unavailable as error:
        _log.warning("retries are left to the sweeper", extra={"reason": str(error)})


def messages(
    due: Sequence[tuple[str, Channel, DeliveryKey, datetime]], *, now: datetime, hops: int = 0
) -> Sequence[Retry]:
    """Return one message for each tenant, channel and second of `due`, of 25 deliveries at most."""
    together: dict[tuple[str, Channel, int], list[DeliveryKey]] = defaultdict(list)
    for tenant, channel, key, at in due:
        delay = max(0, math.ceil((at - now).total_seconds()))
        together[tenant, channel, delay].append(key)
    return [
        Retry(tenant=tenant, channel=channel, deliveries=some, delay=delay, hops=hops)
        for (tenant, channel, delay), group in together.items()
        for some in batched(group, CHUNK_SIZE, strict=False)
    ]


def _is_due(one: Waiting, now: datetime) -> bool:
    due = one.record.next_attempt_at
    return due is not None and due <= now + _CLOCKS_DIFFER


def _attempt(
    claimed: Sequence[Waiting], message: Retry, ports: TenantPorts, time_left: Callable[[], float]
) -> int:
    """Attempt and record the claimed deliveries; return how many there was no time for."""
    details = _details(claimed, ports)
    records = attempts.attempt(
        [one.open for one in claimed],
        details,
        channel=message.channel,
        erased=ErasedDeliveries((one.delivery for one in claimed), details, ports=ports),
        ports=ports,
        time_left=time_left,
    )
    now = ports.clock.now()
    recorded = ports.waiting.record(
        [one.recorded(records.get(one.delivery.id, one.record), now) for one in claimed]
    )
    attempted = [one for one in recorded if one.delivery.id in records]
    send(attempted, hops=message.hops + 1, ports=ports)
    return len(claimed) - len(records)


def _details(claimed: Sequence[Waiting], ports: TenantPorts) -> Mapping[str, EventDetails]:
    ids = list(dict.fromkeys(one.delivery.invocation for one in claimed))
    found = ports.invocations.get_many(ids)
    return {id: recorded.event_details for id, recorded in found.items()}
