"""In memory: what happened, what is on its way, and the queues between."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from carillon.domain.deliveries import Attempted, Chunk, Claim, Claimed, Held
from carillon.domain.errors import NotFound, Unavailable
from carillon.domain.invocations import Job, Recorded, TopicPage
from carillon.domain.paging import Page
from tests.fakes.paging import page


class Invocations:
    def __init__(self) -> None:
        self.by_id: dict[tuple[str, str], Recorded] = {}
        self.pages: dict[tuple[str, str, str, int, str], tuple[str, ...]] = {}

    def record(self, job: Job) -> frozenset[str]:
        for invocation in job.invocations:
            recorded = Recorded(invocation=invocation, job=job.id, accepted_at=job.accepted_at)
            self.by_id.setdefault((job.tenant, invocation.id), recorded)
        return frozenset(
            i.id for i in job.invocations if self.by_id[job.tenant, i.id].job == job.id
        )

    def get(self, tenant: str, id: str) -> Recorded:
        if (tenant, id) not in self.by_id:
            raise NotFound("invocation", id)
        return self.by_id[tenant, id]

    def freeze_page(self, page: TopicPage, members: Sequence[str]) -> Sequence[str]:
        place = (page.tenant, page.invocation, page.topic, page.shard, page.after)
        return self.pages.setdefault(place, tuple(members))


class Chunks:
    def __init__(self, lease_seconds: int = 90) -> None:
        self.lease = timedelta(seconds=lease_seconds)
        self.leases: dict[tuple[str, str, int, str], tuple[str, datetime]] = {}
        self.attempted: dict[tuple[str, str, int, str], Mapping[str, Attempted]] = {}

    def claim(self, chunk: Chunk, owner: str, now: datetime) -> Claim:
        place = _place(chunk)
        if place in self.leases and self.leases[place][1] >= now:
            return Held()
        self.leases[place] = (owner, now + self.lease)
        return Claimed(self.attempted.get(place, {}))

    def record(self, chunk: Chunk, owner: str, attempted: Mapping[str, Attempted]) -> bool:
        place = _place(chunk)
        if place not in self.leases or self.leases[place][0] != owner:
            return False
        del self.leases[place]
        self.attempted[place] = dict(attempted)
        return True

    def of_invocation(
        self, tenant: str, job: str, invocation: str, cursor: str | None, limit: int
    ) -> Page[Attempted]:
        accounts = [a for place, a in self.attempted.items() if place[:2] == (tenant, job)]
        own = {
            one.delivery: one
            for account in accounts
            for one in account.values()
            if one.invocation == invocation
        }
        return page(f"{tenant} {job} {invocation} deliveries", own, cursor, limit)


class Queues:
    """`refuse_next` is how many of the coming calls store nothing."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.pages: list[TopicPage] = []
        self.chunks: list[Chunk] = []
        self.refuse_next = 0

    def send_jobs(self, jobs: Sequence[Job]) -> Sequence[Job]:
        if self._refused():
            return jobs
        self.jobs.extend(jobs)
        return []

    def send_pages(self, pages: Sequence[TopicPage]) -> None:
        if self._refused():
            raise Unavailable("The queue did not take the pages")
        self.pages.extend(pages)

    def send_chunks(self, chunks: Sequence[Chunk]) -> None:
        if self._refused():
            raise Unavailable("The queue did not take the chunks")
        self.chunks.extend(chunks)

    def _refused(self) -> bool:
        refused = self.refuse_next > 0
        self.refuse_next = max(0, self.refuse_next - 1)
        return refused


def _place(chunk: Chunk) -> tuple[str, str, int, str]:
    return chunk.tenant, chunk.job, chunk.range, chunk.id
