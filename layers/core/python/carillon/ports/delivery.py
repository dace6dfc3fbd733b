"""Ports of delivery: invocations, chunks, waiting deliveries, queues and the way out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from carillon.domain.activity.replays import Replay, ReplayRange
from carillon.domain.base.paging import Page
from carillon.domain.delivery.deliveries import Chunk, ChunkKey, Claim, DeliveryRecord, Status
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
from carillon.domain.delivery.transport import Request, Response
from carillon.domain.delivery.waiting import DeliveryKey, Due, Retry, Waiting
from carillon.domain.tenancy.access import Deletion


class Invocations(Protocol):
    def record(
        self, job: Job, topics: Mapping[str, Sequence[str]] = MappingProxyType({})
    ) -> Mapping[str, Sequence[str]]:
        """Insert the job's invocations that are absent; the topics of those that are now its own.

        An id that is missing from the answer belongs to another job: a duplicate transaction.
        Repeating the call gives the same answer, whatever topics come with it.
        """

    def enlist(self, job: Job, planned: Mapping[str, int], *, ranges: int) -> None:
        """Put the job among those that are listed, once all of it is on its way.

        `planned` is how many deliveries each of its invocations has, those to topics apart, and
        `ranges` how many of its partitions hold chunks.
        """

    def head(self, recorded: RecordedInvocation) -> InvocationSummary | None:
        """What is listed of an invocation; None until its job is."""

    def get(self, id: str) -> RecordedInvocation: ...
    def get_many(self, ids: Sequence[str]) -> Mapping[str, RecordedInvocation]: ...
    def cancel(self, id: str, at: datetime) -> None:
        """Say that what has not been sent of it shall not be; known everywhere in 5 seconds."""

    def cancelled(self, ids: Sequence[str]) -> frozenset[str]:
        """Which of them are cancelled. Free for a tenant that has cancelled nothing of late."""

    def freeze_page(self, page: TopicPage, members: Sequence[str]) -> Sequence[str]:
        """Insert the page's member ids if absent; the ids stored first, on every call."""

    def plan_page(self, page: TopicPage, planned: int) -> None:
        """Say how many deliveries a frozen page has, once they are on their way."""

    def frozen_pages(self, id: str) -> Sequence[FrozenPage]: ...
    def jobs(self, *, since: datetime, upto: JobPosition, limit: int) -> Sequence[JobSummary]:
        """The newest first of the jobs accepted since then, from this place on, inclusive."""

    def jobs_of(self, ids: Sequence[str]) -> Mapping[str, str]:
        """The job that each of the invocations belongs to."""


class Chunks(Protocol):
    def claim(self, chunk: Chunk, owner: str, now: datetime) -> Claim:
        """Take the chunk's lease unless another worker holds it."""

    def record(self, chunk: Chunk, owner: str, attempted: Mapping[str, DeliveryRecord]) -> bool:
        """Store the account of all deliveries and end the lease; False if it was lost."""

    def of_invocation(
        self, job: str, invocation: str, cursor: str | None, limit: int
    ) -> Page[DeliveryRecord]:
        """The account of an invocation's deliveries; a page may be short before the end."""

    def of_job(
        self, job: str, cursor: str | None, limit: int, *, ranges: int
    ) -> Page[DeliveryRecord]:
        """The account of all deliveries in a job's first ranges; a page may be short."""

    def get_many(self, keys: Sequence[ChunkKey]) -> Mapping[str, DeliveryRecord]:
        """The accounts that these chunks have, by delivery id."""

    def tally(self, job: str, invocation: str) -> Mapping[Status, int]:
        """How many of the invocation's deliveries stand where, without reading their accounts."""


class DueDeliveries(Protocol):
    """The index of when deliveries of all tenants are due."""

    def due(
        self, shard: int, *, after: datetime | None, until: datetime, limit: int
    ) -> Sequence[Due]:
        """The first of a shard's to be swept between the two times, the longest overdue first."""

    def postpone(self, due: Sequence[Due], until: datetime) -> None:
        """Have each swept again then, unless it has been written since it was found."""


class WaitingDeliveries(Protocol):
    """Deliveries that need another attempt."""

    def add(self, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
        """Insert each that is absent; those that were."""

    def get_many(self, keys: Sequence[DeliveryKey]) -> Sequence[Waiting]: ...
    def claim(self, waiting: Sequence[Waiting], now: datetime) -> Sequence[Waiting]:
        """Take the lease of each that nobody has written since it was read; those, as leased."""

    def record(self, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
        """Write each whose stored version is one less than its own; those that were written."""

    def tally(self, invocation: str) -> Mapping[Status, int]:
        """How many of those that the invocation has here stand where."""


class DispatchDirectory(Protocol):
    def find(self, id: str) -> Dispatch | None:
        """Return a dispatch, of any tenant, that waits or waited for an answer; no other."""


class Dispatches(Protocol):
    """What subscriptions' own endpoints were brought, and what they answered."""

    def start(self, dispatches: Sequence[Dispatch]) -> None:
        """Insert, or repeat: one that waits for an answer stays as it is if it is there."""

    def complete(self, dispatches: Sequence[Dispatch]) -> frozenset[str]:
        """Write each, unless it waited for an answer and has one; the ids of those written."""

    def newest(self, limit: int) -> Sequence[Dispatch]:
        """The newest first; what is to be forgotten may still be among them."""


class Queues(Protocol):
    """Every message carries its tenant as message group, so that queues stay fair."""

    def send_jobs(self, jobs: Sequence[Job]) -> Sequence[Job]:
        """Send each job as a message of its own; the jobs that were not stored."""

    def send_pages(self, pages: Sequence[TopicPage]) -> None:
        """Raise Unavailable unless every page was stored."""

    def send_replays(self, replays: Sequence[Replay | ReplayRange]) -> None:
        """Raise Unavailable unless every one was stored."""

    def send_deletion(self, step: Deletion) -> None:
        """One that has not begun is kept back until every process knows of it.

        Raise Unavailable unless it was stored.
        """

    def send_chunks(self, chunks: Sequence[Chunk]) -> None:
        """To each chunk's channel queue. Raise Unavailable unless every chunk was stored."""

    def send_retries(self, retries: Sequence[Retry]) -> None:
        """To each channel's queue, which gives them after their delay.

        Raise Unavailable unless every one was stored.
        """


class Egress(Protocol):
    """The one way out."""

    def send(self, request: Request, *, within: float | None = None) -> Response:
        """Return a complete answer, or raise NoAnswer with what its absence means.

        `within` is in seconds, for who waits for less long than a worker would.
        """
