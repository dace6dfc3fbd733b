"""Cut deliveries into chunks, send these to their channels' queues, and record what is skipped."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched

from carillon.domain.activity import history
from carillon.domain.delivery import chunking, lifecycle
from carillon.domain.delivery.chunking import RecipientDeliveries
from carillon.domain.delivery.deliveries import Chunk, Delivery, DeliveryRecord
from carillon.domain.delivery.invocations import Invocation, Job, TopicPage, event_details
from carillon.domain.delivery.lifecycle import OpenDelivery
from carillon.domain.delivery.skips import SkipReason, Skips
from carillon.ports import TenantPorts

_CHUNKS_AT_ONCE = 40  # in memory; a job of 100 events to a person each makes four a channel


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
    recipients: Iterable[RecipientDeliveries],
    source: Job | TopicPage,
    *,
    step: str = "",
    ports: TenantPorts,
) -> Plan:
    """Send the recipients' deliveries in chunks, and return how many each invocation has.

    A chunk in which nothing is to be sent spares its queue: a job's is recorded at once, and a
    topic's, of which there may be thousands, is counted. `step` tells apart the steps of a job that
    is sent in several; a page is a step by itself. Raise Unavailable unless every chunk was stored.

    The recipients are taken as their chunks are sent, so that an event to thousands of addresses
    holds some hundreds of deliveries in memory.
    """
    tally = _Tally()
    chunks = _chunks(invocations, tally.of_recipients(recipients), source, step)
    for some in batched(chunks, _CHUNKS_AT_ONCE, strict=False):
        _send_some(some, source, tally, ports)
    return Plan(deliveries=tally.planned, to_send=tally.to_send, skipped=tally.skipped)


def _send_some(
    chunks: Sequence[Chunk], source: Job | TopicPage, tally: "_Tally", ports: TenantPorts
) -> None:
    skips = [chunk for chunk in chunks if chunk.only_skips]
    to_send = [chunk for chunk in chunks if not chunk.only_skips]
    tally.plan(to_send)
    if isinstance(source, TopicPage):
        for chunk in skips:
            tally.skip((one.invocation, one.skip) for one in chunk.deliveries)
    else:
        tally.plan(skips)
        to_send += _record(skips, ports) if skips else ()
    if to_send:
        ports.queues.send_chunks(to_send)


@dataclass
class _Tally:
    """Counts what the recipients of some invocations come to, by the invocations' ids."""

    planned: Counter[str] = field(default_factory=Counter)
    to_send: int = 0
    skipped: dict[str, Counter[SkipReason]] = field(default_factory=lambda: defaultdict(Counter))

    def plan(self, chunks: Iterable[Chunk]) -> None:
        for chunk in chunks:
            self.planned.update(one.invocation for one in chunk.deliveries)
            self.to_send += sum(not one.skip for one in chunk.deliveries)

    def skip(self, skips: Iterable[tuple[str, SkipReason | None]]) -> None:
        for invocation, reason in skips:
            if reason:
                self.skipped[invocation][reason] += 1

    def of_recipients(
        self, recipients: Iterable[RecipientDeliveries]
    ) -> Iterator[RecipientDeliveries]:
        """Yield the recipients, and count those that are skipped as a whole."""
        for one in recipients:
            self.skip([(one.invocation, one.skip)])
            yield one


def _chunks(
    invocations: Iterable[Invocation],
    recipients: Iterable[RecipientDeliveries],
    source: Job | TopicPage,
    step: str,
) -> Iterator[Chunk]:
    invocations = list(invocations)
    details = {i.id: event_details(i, source.accepted_at) for i in invocations}
    sizes = {
        id: _size(one.payload, one.overrides, one.attachments, one.facts)
        for id, one in details.items()
    }
    job, range_ = (source.id, 0) if isinstance(source, Job) else (source.job, source.shard)
    if isinstance(source, TopicPage):
        step = f"{source.invocation}/{source.position}/{source.after}"
    return chunking.cut(
        recipients, details, sizes, tenant=source.tenant, job=job, range=range_, step=step
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
