"""Cut deliveries into chunks, send these to their channels' queues, and record what is skipped."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from carillon.domain.activity import history
from carillon.domain.delivery import chunking, lifecycle
from carillon.domain.delivery.chunking import RecipientDeliveries
from carillon.domain.delivery.deliveries import Chunk, Delivery, DeliveryRecord
from carillon.domain.delivery.invocations import Invocation, Job, TopicPage, event_details
from carillon.domain.delivery.lifecycle import OpenDelivery
from carillon.domain.delivery.skips import SkipReason, Skips
from carillon.ports import TenantPorts


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What invocations come to, by id.

    `deliveries` have a record each, now or later, and `to_send` of them are to be sent; `skipped`
    are counted instead.
    """

    deliveries: Mapping[str, int]
    to_send: int
    skipped: Mapping[str, Skips]


NOTHING = Plan(deliveries={}, to_send=0, skipped={})


def send(
    invocations: Iterable[Invocation],
    recipients: Sequence[RecipientDeliveries],
    source: Job | TopicPage,
    *,
    step: str = "",
    ports: TenantPorts,
) -> Plan:
    """Send the recipients' deliveries in chunks, and return how many each invocation has.

    A chunk in which nothing is to be sent spares its queue: a job's is recorded at once, and a
    topic's, of which there may be thousands, is counted. `step` tells apart the steps of a job that
    is sent in several; a page is a step by itself. Raise Unavailable unless every chunk was stored.
    """
    chunks = _chunks(invocations, recipients, source, step)
    skips = [chunk for chunk in chunks if chunk.only_skips]
    to_send = [chunk for chunk in chunks if not chunk.only_skips]
    planned = _count(chunks)
    counted = [(one.invocation, one.skip) for one in recipients]
    if isinstance(source, TopicPage):
        planned = _count(to_send)
        counted += [(one.invocation, one.skip) for chunk in skips for one in chunk.deliveries]
    elif skips:
        to_send += _record(skips, ports)
    if to_send:
        ports.queues.send_chunks(to_send)
    return Plan(
        deliveries=planned,
        to_send=sum(not one.skip for chunk in chunks for one in chunk.deliveries),
        skipped=_by_reason(counted),
    )


def _count(chunks: Iterable[Chunk]) -> Mapping[str, int]:
    return Counter(delivery.invocation for chunk in chunks for delivery in chunk.deliveries)


def _by_reason(skips: Iterable[tuple[str, SkipReason | None]]) -> Mapping[str, Skips]:
    counts: dict[str, Counter[SkipReason]] = defaultdict(Counter)
    for invocation, reason in skips:
        if reason:
            counts[invocation][reason] += 1
    return counts


def _chunks(
    invocations: Iterable[Invocation],
    recipients: Sequence[RecipientDeliveries],
    source: Job | TopicPage,
    step: str,
) -> list[Chunk]:
    invocations = list(invocations)
    details = {i.id: event_details(i, source.accepted_at) for i in invocations}
    sizes = {
        id: _size(one.payload, one.overrides, one.attachments, one.facts)
        for id, one in details.items()
    }
    job, range_ = (source.id, 0) if isinstance(source, Job) else (source.job, source.shard)
    if isinstance(source, TopicPage):
        step = f"{source.invocation}/{source.position}/{source.after}"
    return list(
        chunking.cut(
            recipients, details, sizes, tenant=source.tenant, job=job, range=range_, step=step
        )
    )


def _record(chunks: Sequence[Chunk], ports: TenantPorts) -> Sequence[Chunk]:
    """Record the chunks' skips; return the chunks that an earlier run of this step got to first.

    That run may have found something to send in them, so their queue is to decide.
    """
    entries = [entry for chunk in chunks for entry in history.entries(chunk, chunk.deliveries)]
    if entries:
        ports.history.add(entries)
    now = ports.clock.now()
    return ports.chunks.insert([(chunk, skip(chunk, chunk.deliveries, now)) for chunk in chunks])


def skip(
    chunk: Chunk, deliveries: Iterable[Delivery], at: datetime
) -> Mapping[str, DeliveryRecord]:
    """Return the final records of those of the chunk's deliveries that are not to be sent."""
    return {
        one.id: lifecycle.skip(OpenDelivery(delivery=one, channel=chunk.channel, since=at), at=at)
        for one in deliveries
        if one.skip
    }


def _size(*parts: object) -> int:
    return sum(len(json.dumps(part, default=vars)) for part in parts)
