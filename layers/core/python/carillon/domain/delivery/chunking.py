"""Cut deliveries into chunks whose ids stay the same when fan-out repeats.

A crash, or a queue that gives a message twice, makes a step of fan-out repeat, and by then an
address or a subscription may have changed. So a chunk's id is its place: the step, the group of
recipients, the channel. Its records are kept by delivery: a delivery that was attempted under the
id before is not attempted again, a new one is, and no recipient's change affects another's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from carillon.domain.base import ids
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import CHUNK_SIZE, Chunk, Delivery, EventDetails
from carillon.domain.delivery.skips import SkipReason

# Payloads in one chunk, in characters of JSON. What comes with the recipients is measured when the
# message is written, and splits it (`halves`): it may change between two runs of a step.
_PAYLOADS_LIMIT = 500_000


@dataclass(frozen=True)
class RecipientDeliveries:
    """One recipient of one invocation: the deliveries that reach it, on any channel.

    `skip` is why there are none, where that concerns the recipient on all channels alike.
    """

    invocation: str
    deliveries: Sequence[tuple[Channel, Delivery]]
    skip: SkipReason | None = None


def cut(
    recipients: Iterable[RecipientDeliveries],
    details: Mapping[str, EventDetails],
    sizes: Mapping[str, int],
    *,
    tenant: str,
    job: str,
    range: int,
    step: str,
) -> Iterator[Chunk]:
    """Yield chunks of at most 25 deliveries.

    `details` and `sizes` are by invocation id; a size is a payload's, in characters of JSON. `step`
    tells apart the steps of fan-out that share a job's range.
    """
    for number, group in enumerate(_groups(recipients, sizes)):
        for channel, nth, deliveries in _columns(group):
            names = {delivery.invocation for delivery in deliveries}
            yield Chunk(
                id=f"{channel}.{ids.derived(step, str(number), str(nth))}",
                tenant=tenant,
                job=job,
                channel=channel,
                range=range,
                details={name: details[name] for name in details if name in names},
                deliveries=tuple(deliveries),
            )


def halves(chunk: Chunk) -> tuple[Chunk, Chunk]:
    """Part a chunk whose message is too large. The places of the parts follow from its own.

    A step that repeats makes the same parts, unless a recipient has changed so much meanwhile that
    the message fits, or no longer does.
    """
    middle = len(chunk.deliveries) // 2
    first, second = chunk.deliveries[:middle], chunk.deliveries[middle:]
    return _part(chunk, "a", first), _part(chunk, "b", second)


def _part(chunk: Chunk, name: str, deliveries: tuple[Delivery, ...]) -> Chunk:
    invocations = {delivery.invocation for delivery in deliveries}
    details = {id: chunk.details[id] for id in chunk.details if id in invocations}
    return replace(chunk, id=f"{chunk.id}{name}", deliveries=deliveries, details=details)


def _groups(
    recipients: Iterable[RecipientDeliveries], sizes: Mapping[str, int]
) -> Iterator[list[RecipientDeliveries]]:
    """Yield runs of at most 25 recipients, and of bounded payloads, each counted once."""
    group: list[RecipientDeliveries] = []
    payloads: dict[str, int] = {}
    for recipient in recipients:
        id = recipient.invocation
        size = sum(payloads.values()) + (0 if id in payloads else sizes[id])
        if group and (len(group) == CHUNK_SIZE or size > _PAYLOADS_LIMIT):
            yield group
            group, payloads = [], {}
        group.append(recipient)
        payloads[id] = sizes[id]
    if group:
        yield group


def _columns(group: Iterable[RecipientDeliveries]) -> Iterator[tuple[Channel, int, list[Delivery]]]:
    """Yield the recipients' first deliveries on a channel together, their second, and so on."""
    columns: dict[tuple[Channel, int], list[Delivery]] = {}
    for recipient in group:
        seen: dict[Channel, int] = {}
        for channel, delivery in recipient.deliveries:
            nth = seen.get(channel, 0)
            seen[channel] = nth + 1
            columns.setdefault((channel, nth), []).append(delivery)
    for (channel, nth), deliveries in columns.items():
        yield channel, nth, deliveries
