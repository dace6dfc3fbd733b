"""Deliver: claim a chunk, send what is left of it, record every outcome with one write.

The subscribers' histories are written before anything is sent, so that it costs no more than a
repetition of the chunk when they cannot be.

A delivery that needs another attempt becomes an item of its own (usecases/delivery/retry.py). The
record comes first, so that a crash between the two leaves the chunk to its next worker, which finds
in the record what to hand over.
"""

from collections.abc import Callable, Mapping

from carillon.domain.activity import history
from carillon.domain.base import ids
from carillon.domain.base.errors import Unfinished
from carillon.domain.delivery.deliveries import Chunk, DeliveryRecord, Held
from carillon.domain.delivery.waiting import Waiting
from carillon.ports import TenantPorts
from carillon.usecases.delivery import attempts, retry
from carillon.usecases.delivery.attempts import TIME_TO_SEND, Task
from carillon.usecases.tenancy import tenants


def deliver(chunk: Chunk, *, ports: TenantPorts, time_left: Callable[[], float]) -> None:
    """Attempt what has no account yet, and hand over what is to be tried again.

    Raise Unfinished, so that the queue gives the chunk again, when another worker holds it or time
    ran out. `time_left` is in seconds.
    """
    if time_left() < TIME_TO_SEND:  # an earlier chunk of the batch was slow
        raise Unfinished("too little time is left to start")
    ports.record.refresh(since=max(each.accepted_at for each in chunk.details.values()))
    if tenants.is_gone(ports=ports):
        return  # all accounts of it are removed
    owner, now = ids.new(), ports.clock.now()
    claim = ports.chunks.claim(chunk, owner, now)
    if isinstance(claim, Held):
        raise Unfinished("another worker holds the chunk")
    before = claim.attempted
    tasks = [Task(delivery=d, since=now) for d in chunk.deliveries if d.id not in before]
    record = before
    if tasks:
        if entries := history.entries(chunk, [task.delivery for task in tasks]):
            ports.history.add(entries)
        done = attempts.attempt(
            tasks, chunk.details, channel=chunk.channel, ports=ports, time_left=time_left
        )
        record = {**before, **done}
        if not ports.chunks.record(chunk, owner, record):
            raise Unfinished("the lease was lost")
    _hand_over(chunk, record, ports)
    if left := sum(one.id not in record for one in chunk.deliveries):
        raise Unfinished(f"{left} are not attempted yet")


def _hand_over(chunk: Chunk, record: Mapping[str, DeliveryRecord], ports: TenantPorts) -> None:
    """Let each delivery that is due again stand for itself; one that does already is left alone."""
    waiting = [
        Waiting(
            tenant=chunk.tenant,
            channel=chunk.channel,
            job=chunk.job,
            accepted_at=chunk.details[delivery.invocation].accepted_at,
            since=record[delivery.id].at,
            delivery=delivery,
            record=record[delivery.id],
        )
        for delivery in chunk.deliveries
        if delivery.id in record and not record[delivery.id].status.final
    ]
    if waiting:
        now = ports.clock.now()
        added = ports.waiting.add([one.scheduled(now) for one in waiting])
        retry.send(added, hops=0, ports=ports)
