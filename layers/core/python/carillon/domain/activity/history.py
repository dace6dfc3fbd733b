"""History: pointers from a subscriber to the records of their deliveries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Chunk, ChunkKey, Delivery


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A delivery to a subscriber, and the chunk that records it. It never changes."""

    subscriber: str
    accepted_at: datetime
    delivery: str
    invocation: str
    integration: str
    provider: str
    channel: Channel
    chunk: ChunkKey


def entries(chunk: Chunk, deliveries: Iterable[Delivery]) -> list[Entry]:
    """Return entries of the chunk's deliveries that have a subscriber."""
    return [
        Entry(
            subscriber=one.subscriber,
            accepted_at=chunk.details[one.invocation].accepted_at,
            delivery=one.id,
            invocation=one.invocation,
            integration=one.integration,
            provider=one.provider,
            channel=chunk.channel,
            chunk=chunk.key,
        )
        for one in deliveries
        if one.subscriber
    ]
