"""Cutting deliveries into chunks that come out the same when fan-out repeats.

A crash makes a queue give a message again, and by then an address or a subscription may have
changed. So deliveries are grouped by their place in the message, which never changes: what changed
touches only its own group. And a chunk's id is made from its deliveries: the same chunk is the same
work, already claimed or done, and a changed one is new work, so nothing is dropped for another.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from carillon.domain import ids
from carillon.domain.channels import Channel
from carillon.domain.deliveries import CHUNK_SIZE, Chunk, Delivery, Occasion

# Of the payloads in one chunk, in characters of JSON: with 25 subscribers' own data
# (16 KB each) the message stays under the queue's 1 MiB.
_PAYLOADS_LIMIT = 500_000


@dataclass(frozen=True)
class Place:
    """One recipient of one invocation: the deliveries that reach it, on any channel."""

    invocation: str
    deliveries: Sequence[tuple[Channel, Delivery]]


def cut(
    places: Iterable[Place],
    occasions: Mapping[str, Occasion],
    sizes: Mapping[str, int],
    *,
    tenant: str,
    job: str,
    range: int,
) -> Iterator[Chunk]:
    """Chunks of at most 25 deliveries. `sizes` are the invocations' payloads', by id."""
    for group in _groups(places, sizes):
        for channel, deliveries in _columns(group):
            names = {delivery.invocation for delivery in deliveries}
            yield Chunk(
                id=f"{channel}.{ids.derived(*(delivery.id for delivery in deliveries))}",
                tenant=tenant,
                job=job,
                channel=channel,
                range=range,
                occasions={name: occasions[name] for name in occasions if name in names},
                deliveries=tuple(deliveries),
            )


def _groups(places: Iterable[Place], sizes: Mapping[str, int]) -> Iterator[list[Place]]:
    """Runs of at most 25 places, and of bounded payloads."""
    group: list[Place] = []
    size = 0
    for place in places:
        added = sizes[place.invocation]
        if group and (len(group) == CHUNK_SIZE or size + added > _PAYLOADS_LIMIT):
            yield group
            group, size = [], 0
        group.append(place)
        size += added
    if group:
        yield group


def _columns(group: Iterable[Place]) -> Iterator[tuple[Channel, list[Delivery]]]:
    """Each place's first delivery on a channel together, each one's second, and so on."""
    columns: dict[tuple[Channel, int], list[Delivery]] = {}
    for place in group:
        seen: dict[Channel, int] = {}
        for channel, delivery in place.deliveries:
            nth = seen.get(channel, 0)
            seen[channel] = nth + 1
            columns.setdefault((channel, nth), []).append(delivery)
    for (channel, _), deliveries in columns.items():
        yield channel, deliveries
