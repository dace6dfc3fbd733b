"""The queues on SQS. A message's group is its tenant: SQS's fair queues share by group."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Sized
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
        if self._send_by_channel([part for chunk in chunks for part in _fitting(chunk)]):
            raise Unavailable("The queue did not store every chunk")

    def send_retries(self, retries: Sequence[Retry]) -> None:
        if self._send_by_channel(retries):
            raise Unavailable("The queue did not store every retry")

    def _send_by_channel[M: Chunk | Retry](self, things: Sequence[M]) -> Sequence[M]:
        """Return those that were not stored."""
        by_channel: dict[Channel, list[M]] = defaultdict(list)
        for thing in things:
            by_channel[thing.channel].append(thing)
        lost: list[M] = []
        for channel, some in by_channel.items():
            lost += self._send(self._channels[channel], some)
        return lost

    def _send[M: Message](self, url: str, things: Sequence[M], *, delay: int = 0) -> Sequence[M]:
        """Return those that were not stored. A single one is sent by SendMessage."""
        bodies = [messages.encode(thing) for thing in things]
        lost: list[M] = []
        for batch in batches(bodies):
            entries = [_entry(str(i), bodies[i], things[i], delay) for i in batch]
            lost += (things[int(entry["Id"])] for entry in self._refused(url, entries))
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


def _fitting(chunk: Chunk) -> Iterator[Chunk]:
    """Yield the chunk, or its parts, so that each fits a message."""
    if len(chunk.deliveries) == 1 or len(messages.encode(chunk)) <= _BYTES:
        yield chunk
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


def batches(bodies: Sequence[Sized]) -> Iterator[list[int]]:
    """Yield runs of indexes whose bodies fit one call by number and by size."""
    batch: list[int] = []
    size = 0
    for index, body in enumerate(bodies):
        if batch and (len(batch) == _ENTRIES or size + len(body) > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(index)
        size += len(body)
    if batch:
        yield batch
