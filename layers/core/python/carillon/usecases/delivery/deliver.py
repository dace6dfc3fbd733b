"""Deliver: claim a chunk, send its deliveries, record every outcome with one write.

A delivery that fan-out decided to skip is recorded as that, and not sent.

The subscribers' histories are written before anything is sent: when that fails, the chunk comes
again, and nothing else is lost.

A delivery that needs another attempt becomes an item of its own (retry.py). The chunk is recorded
first, so that a crash between the two leaves it to its next worker, which finds in the records what
to hand over.
"""

from collections.abc import Callable, Mapping

from carillon.domain.activity import history
from carillon.domain.base import ids
from carillon.domain.base.errors import Unfinished
from carillon.domain.delivery.deliveries import Chunk, DeliveryRecord, Held
from carillon.domain.delivery.lifecycle import OpenDelivery
from carillon.domain.delivery.waiting import Waiting
from carillon.ports import TenantPorts
from carillon.telemetry import log_context
from carillon.usecases.audience.erasures import ErasedDeliveries
from carillon.usecases.delivery import attempts, cutting, retry
from carillon.usecases.delivery.attempts import TIME_TO_SEND
from carillon.usecases.tenancy import tenants


def deliver(chunk: Chunk, *, ports: TenantPorts, time_left: Callable[[], float]) -> None:
    """Attempt the deliveries without a record, and hand over those that are to be tried again.

    Raise Unfinished, so that the queue gives the chunk again, when another worker holds it or time
    ran out. `time_left` is in seconds.
    """
    if time_left() < TIME_TO_SEND:  # an earlier chunk of the batch was slow
        raise Unfinished("too little time is left to start")
    ports.record.refresh(since=max(each.accepted_at for each in chunk.details.values()))
    if tenants.is_gone(ports=ports):
        return  # all records of it are removed
    owner, now = ids.new(), ports.clock.now()
    claim = ports.chunks.claim(chunk, owner, now)
    if isinstance(claim, Held):
        raise Unfinished("another worker holds the chunk")
    records = claim.records
    planned = [delivery for delivery in chunk.deliveries if delivery.id not in records]
    if planned:
        erased = ErasedDeliveries(planned, chunk.details, ports=ports)
        named = [delivery for delivery in planned if delivery not in erased]
        for delivery in planned:
            if delivery.subscriber and delivery in erased:
                ports.invocations.forget([delivery.invocation], delivery.subscriber)
        if entries := history.entries(chunk, named):
            ports.history.add(entries)
        skipped = cutting.skip(chunk, named, now)
        attempted = attempts.attempt(
            [
                OpenDelivery(delivery=delivery, channel=chunk.channel, since=now)
                for delivery in planned
                if delivery.id not in skipped
            ],
            chunk.details,
            channel=chunk.channel,
            erased=erased,
            ports=ports,
            time_left=time_left,
        )
        log_context.count(skipped=len(skipped))
        records = {**records, **skipped, **attempted}
    # A repetition that finds nothing to do gives its lease back, too: others wait for it.
    if not ports.chunks.record(chunk, owner, records):
        raise Unfinished("the lease was lost")
    _hand_over(chunk, records, ports)
    if left := sum(delivery.id not in records for delivery in chunk.deliveries):
        raise Unfinished(f"{left} are not attempted yet")


def _hand_over(chunk: Chunk, records: Mapping[str, DeliveryRecord], ports: TenantPorts) -> None:
    """Make each delivery that is due again an item of its own, unless it is one already."""
    waiting = [
        Waiting(
            tenant=chunk.tenant,
            channel=chunk.channel,
            job=chunk.job,
            accepted_at=chunk.details[delivery.invocation].accepted_at,
            since=records[delivery.id].at,
            delivery=delivery.anonymous if records[delivery.id].erased else delivery,
            record=records[delivery.id],
        )
        for delivery in chunk.deliveries
        if delivery.id in records and not records[delivery.id].status.final
    ]
    if waiting:
        now = ports.clock.now()
        added = ports.waiting.add([one.scheduled(now) for one in waiting])
        retry.send(added, hops=0, ports=ports)
