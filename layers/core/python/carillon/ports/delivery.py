"""Ports of delivery: invocations, chunks, waiting deliveries, queues and the way out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from carillon.domain.activity.replays import Replay, ReplayRange
from carillon.domain.audience.erasures import ErasureStep
from carillon.domain.base.paging import Page
from carillon.domain.delivery.deliveries import (
    Chunk,
    ChunkKey,
    Claim,
    DeliveryRecord,
    Status,
    Tally,
)
from carillon.domain.delivery.dispatches import Dispatch
from carillon.domain.delivery.invocations import (
    FrozenPage,
    InvocationSummary,
    Job,
    JobPosition,
    JobSummary,
    RecordedInvocation,
    TopicPage,
)
from carillon.domain.delivery.skips import NO_SKIPS, Skips, Unheard
from carillon.domain.delivery.transport import Request, Response
from carillon.domain.delivery.waiting import DeliveryKey, Due, Retry, Waiting
from carillon.domain.tenancy.access import Deletion


class Invocations(Protocol):
    def record(
        self, job: Job, topics: Mapping[str, Sequence[str]] = MappingProxyType({})
    ) -> Mapping[str, Sequence[str]]:
        """Insert the job's invocations that are absent; return the topics of those it owns.

        An id that is missing from the answer belongs to another job: a duplicate transaction.
        Repeating the call gives the same answer, whatever topics come with it.
        """

    def enlist(
        self,
        job: Job,
        planned: Mapping[str, int],
        *,
        skipped: Mapping[str, Skips] = MappingProxyType({}),
        unheard: Mapping[str, Unheard] = MappingProxyType({}),
        ranges: int,
    ) -> None:
        """List the job, once all its chunks are queued.

        By the ids of its invocations, `planned` is how many deliveries each has, `skipped` what
        each skips without a delivery, those to topics apart, and `unheard` which subscriptions do
        not hear it; `ranges` is how many of the job's partitions hold chunks.
        """

    def take(self, ids: Iterable[str]) -> None:
        """Remember, in this process and for a minute, that events were stored under these ids."""

    def taken(self, ids: Iterable[str]) -> frozenset[str]:
        """Return the ids that this process has taken in the last minute. Neither makes a call."""

    def head(self, recorded: RecordedInvocation) -> InvocationSummary | None:
        """Return an invocation's listed summary; None until its job is listed."""

    def get(self, id: str) -> RecordedInvocation: ...
    def get_many(self, ids: Sequence[str]) -> Mapping[str, RecordedInvocation]: ...
    def cancel(self, id: str, at: datetime) -> None:
        """Mark an invocation cancelled; every process knows within 5 seconds."""

    def cancelled(self, ids: Sequence[str]) -> frozenset[str]:
        """Return the cancelled ids. Costs no read if the tenant cancelled nothing recently."""

    def forget(self, ids: Sequence[str], subscriber: str) -> None:
        """Take a deleted subscriber out of the recipients and actors of these invocations.

        Raise Unavailable when others keep changing one of them.
        """

    def freeze_page(self, page: TopicPage, members: Sequence[str]) -> Sequence[str]:
        """Insert the page's member ids if absent; return the ids that were stored first."""

    def plan_page(self, page: TopicPage, planned: int, skipped: Skips = NO_SKIPS) -> None:
        """Store how many deliveries a frozen page has, once they are queued, and what it skips."""

    def frozen_pages(self, id: str) -> Sequence[FrozenPage]: ...
    def jobs(self, *, since: datetime, upto: JobPosition, limit: int) -> Sequence[JobSummary]:
        """List jobs accepted since then, newest first, from `upto` on, inclusive."""

    def jobs_of(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Return each invocation's job."""


class Chunks(Protocol):
    def claim(self, chunk: Chunk, owner: str, now: datetime) -> Claim:
        """Take the chunk's lease unless another worker holds it."""

    def record(self, chunk: Chunk, owner: str, records: Mapping[str, DeliveryRecord]) -> bool:
        """Store all deliveries' records and end the lease; return False if it was lost."""

    def insert(
        self, chunks: Sequence[tuple[Chunk, Mapping[str, DeliveryRecord]]]
    ) -> Sequence[Chunk]:
        """Store the records of chunks that no worker has had; return those that were there."""

    def of_invocation(
        self, job: str, invocation: str, cursor: str | None, limit: int
    ) -> Page[DeliveryRecord]:
        """List records of an invocation's deliveries; a page may be short before the end."""

    def of_job(
        self, job: str, cursor: str | None, limit: int, *, ranges: int
    ) -> Page[DeliveryRecord]:
        """List records of deliveries in a job's first ranges; a page may be short."""

    def get_many(self, keys: Sequence[ChunkKey]) -> Mapping[str, DeliveryRecord]:
        """Return the chunks' delivery records, by delivery id."""

    def tally(self, job: str, invocation: str) -> Tally:
        """Count the invocation's deliveries, without reading their records."""

    def anonymize(
        self, keys: Sequence[ChunkKey], deliveries: frozenset[str], now: datetime
    ) -> frozenset[ChunkKey]:
        """Make these deliveries' records in the chunks anonymous.

        Return the keys of chunks that stay as they are, because a worker holds them or has just
        recorded them.
        """


class DueDeliveries(Protocol):
    """The index of when deliveries of all tenants are due."""

    def due(
        self, shard: int, *, after: datetime | None, until: datetime, limit: int
    ) -> Sequence[Due]:
        """Return a shard's deliveries to sweep between two times, longest overdue first."""

    def postpone(self, due: Sequence[Due], until: datetime) -> None:
        """Sweep each delivery again at `until`, unless it was written since it was found."""


class WaitingDeliveries(Protocol):
    """Deliveries that need another attempt."""

    def add(self, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
        """Insert deliveries that are absent; return those inserted."""

    def get_many(self, keys: Sequence[DeliveryKey]) -> Sequence[Waiting]: ...
    def claim(self, waiting: Sequence[Waiting], now: datetime) -> Sequence[Waiting]:
        """Lease each delivery not written since it was read; return those, as leased."""

    def record(self, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
        """Write deliveries whose stored version is one less than their own; return these."""

    def tally(self, invocation: str) -> Mapping[Status, int]:
        """Count the invocation's waiting deliveries by status."""


class DispatchDirectory(Protocol):
    def find(self, id: str) -> Dispatch | None:
        """Return a dispatch, of any tenant, that waits or waited for an answer; no other."""


class Dispatches(Protocol):
    """Events brought to subscriptions' endpoints, and the endpoints' replies."""

    def start(self, dispatches: Sequence[Dispatch]) -> None:
        """Insert dispatches, or repeat that; a stored one that waits for a reply stays as it is."""

    def complete(self, dispatches: Sequence[Dispatch]) -> frozenset[str]:
        """Write each dispatch, unless it waited for a reply and has one; return the ids written."""

    def newest(self, limit: int) -> Sequence[Dispatch]:
        """List dispatches, newest first; expired ones may be among them."""


class Attachments(Protocol):
    """The contents of attachments that do not fit their event, by the keys that it has of them.

    They end by themselves when the event's record does.
    """

    def put(self, contents: Mapping[str, bytes]) -> frozenset[str]:
        """Store each content; return the keys of those that were not stored."""

    def find(self, key: str) -> bytes | None:
        """Return a content; None when it is gone."""

    def remove(self, keys: Sequence[str]) -> None:
        """Remove contents, which may be gone already."""


class Queues(Protocol):
    """The queues. Each message names its tenant as message group, which keeps them fair."""

    def send_jobs(self, jobs: Sequence[Job]) -> Sequence[Job]:
        """Send each job as one message; return the jobs that were not stored."""

    def send_pages(self, pages: Sequence[TopicPage]) -> None:
        """Raise Unavailable unless every page was stored."""

    def send_replays(self, replays: Sequence[Replay | ReplayRange]) -> None:
        """Raise Unavailable unless every replay was stored."""

    def send_deletion(self, step: Deletion) -> None:
        """Send a step of a deletion; the first is delayed until every process knows of it.

        Raise Unavailable unless it was stored.
        """

    def send_erasure(self, step: ErasureStep) -> None:
        """Send a step of an erasure; the last pass is delayed until every process knows of it.

        Raise Unavailable unless it was stored.
        """

    def send_chunks(self, chunks: Sequence[Chunk]) -> None:
        """Send chunks to their channels' queues. Raise Unavailable unless all were stored."""

    def send_retries(self, retries: Sequence[Retry]) -> None:
        """Send retries to their channels' queues, which deliver them after their delay.

        Raise Unavailable unless all were stored.
        """


class Egress(Protocol):
    """The only way to outside services."""

    def send(self, request: Request, *, within: float | None = None) -> Response:
        """Return a complete response, or raise NoAnswer with the meaning of its absence.

        `within` is in seconds, for callers who cannot wait as long as a worker.
        """
