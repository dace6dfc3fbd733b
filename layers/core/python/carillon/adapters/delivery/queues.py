"""The queues on SQS. A message's group is its tenant: SQS's fair queues share by group."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from carillon.adapters.aws.clients import Clients, code, failures
from carillon.adapters.aws.pauses import pauses
from carillon.adapters.delivery import messages
from carillon.adapters.delivery.messages import Message
from carillon.domain.activity.replays import Replay, ReplayRange
from carillon.domain.audience.erasures import ErasureStep
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unavailable
from carillon.domain.delivery import chunking
from carillon.domain.delivery.deliveries import Chunk
from carillon.domain.delivery.invocations import Job, TopicPage
from carillon.domain.delivery.waiting import Retry
from carillon.domain.tenancy.access import Deletion

_ENTRIES = 10  # in one batch
_BYTES = 1024 * 1024  # of all bodies in one batch
_GRACE = 300  # seconds

type Entry = dict[str, Any]

_logger = logging.getLogger(__name__)


class SqsQueues:
    """`grace` is how long a process may not know of a deletion, in seconds (900 at most).

    A tenant's deletion begins after it, and a subscriber's erasure has its last pass.
    """

    def __init__(
        self,
        clients: Clients,
        *,
        fan_out: str,
        channels: Mapping[Channel, str],
        grace: int = _GRACE,
    ) -> None:
        self._clients = clients
        self._fan_out = fan_out
        self._channels = channels
        self._grace = grace

    def send_jobs(self, jobs: Sequence[Job]) -> Sequence[Job]:
        return self._send(self._fan_out, jobs)

    def send_pages(self, pages: Sequence[TopicPage]) -> None:
        if self._send(self._fan_out, pages):
            raise Unavailable("The queue did not store every page")

    def send_replays(self, replays: Sequence[Replay | ReplayRange]) -> None:
        if self._send(self._fan_out, replays):
            raise Unavailable("The queue did not store every replay")

    def send_deletion(self, step: Deletion) -> None:
        delay = self._grace if step.place is None else 0
        if self._send(self._fan_out, [step], delay=delay):
            raise Unavailable("The queue did not store the deletion")

    def send_erasure(self, step: ErasureStep) -> None:
        delay = self._grace if step.last and step.cursor is None else 0
        if self._send(self._fan_out, [step], delay=delay):
            raise Unavailable("The queue did not store the erasure")

    def send_chunks(self, chunks: Sequence[Chunk]) -> None:
        """Send each chunk, parted as often as its message needs it to fit."""
        by_channel: dict[Channel, list[Chunk]] = defaultdict(list)
        for chunk in chunks:
            by_channel[chunk.channel].append(chunk)
        lost = 0
        for channel, some in by_channel.items():
            written = (pair for chunk in some for pair in _fitting(chunk))
            lost += len(self._send_written(self._channels[channel], written))
        if lost:
            raise Unavailable("The queue did not store every chunk")

    def send_retries(self, retries: Sequence[Retry]) -> None:
        by_channel: dict[Channel, list[Retry]] = defaultdict(list)
        for retry in retries:
            by_channel[retry.channel].append(retry)
        lost = [self._send(self._channels[c], some) for c, some in by_channel.items()]
        if any(lost):
            raise Unavailable("The queue did not store every retry")

    def _send[M: Message](self, url: str, things: Sequence[M], *, delay: int = 0) -> Sequence[M]:
        """Return those that were not stored."""
        return self._send_written(url, ((one, messages.encode(one)) for one in things), delay=delay)

    def _send_written[M: Message](
        self, url: str, written: Iterable[tuple[M, str]], *, delay: int = 0
    ) -> Sequence[M]:
        """Send messages with their bodies, a batch in memory at a time; return those not stored.

        A single one is sent by SendMessage.
        """
        lost: list[M] = []
        for batch in batches(written, lambda pair: len(pair[1])):
            entries = [_entry(str(i), body, thing, delay) for i, (thing, body) in enumerate(batch)]
            lost += (batch[int(entry["Id"])][0] for entry in self._refused(url, entries))
        return lost

    def _refused(self, url: str, entries: list[Entry]) -> list[Entry]:
        """Send a batch, retrying; return the entries that were not stored."""
        left, hopeless = entries, list[Entry]()
        for _ in pauses():
            try:
                failed = self._call(url, left)
            except failures() as error:
                _logger.warning("queue refused a batch of %d: %s", len(left), code(error))
                return hopeless + left
            hopeless += (e for e in left if failed.get(e["Id"]) is True)
            left = [e for e in left if failed.get(e["Id"]) is False]
            if not left:
                break
        if hopeless or left:
            _logger.warning("queue refused %d messages of a batch", len(hopeless) + len(left))
        return hopeless + left

    def _call(self, url: str, entries: list[Entry]) -> Mapping[str, bool]:
        """Send once; return whether the sender is at fault, by the id of each failed entry."""
        if len(entries) == 1:
            arguments: Any = {name: entries[0][name] for name in entries[0] if name != "Id"}
            self._clients.sqs.send_message(QueueUrl=url, **arguments)
            return {}
        batch: Any = entries
        answer = self._clients.sqs.send_message_batch(QueueUrl=url, Entries=batch)
        failed = answer.get("Failed", [])
        return {failure["Id"]: failure["SenderFault"] for failure in failed}


def _fitting(chunk: Chunk) -> Iterator[tuple[Chunk, str]]:
    """Yield the chunk, or its parts, with their bodies, so that each fits a message."""
    body = messages.encode(chunk)
    if len(chunk.deliveries) == 1 or len(body) <= _BYTES:
        yield chunk, body
        return
    for half in chunking.halves(chunk):
        yield from _fitting(half)


def _entry(id: str, body: str, thing: Message, delay: int) -> Entry:
    entry: Entry = {"Id": id, "MessageBody": body, "MessageGroupId": thing.tenant}
    if isinstance(thing, Retry):
        delay = thing.delay
    if delay:
        entry["DelaySeconds"] = delay
    return entry


def batches[T](things: Iterable[T], size: Callable[[T], int]) -> Iterator[list[T]]:
    """Yield runs of messages that fit one call by number and by size, in bytes."""
    batch: list[T] = []
    room = _BYTES
    for thing in things:
        if batch and (len(batch) == _ENTRIES or size(thing) > room):
            yield batch
            batch, room = [], _BYTES
        batch.append(thing)
        room -= size(thing)
    if batch:
        yield batch
