"""In memory: what happened, what is on its way, and the queues between."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from carillon.domain.activity.history import Entry
from carillon.domain.activity.replays import Replay, Replayed, ReplayRange
from carillon.domain.audience.erasures import ErasureStep
from carillon.domain.audience.subscribers import SHARDS
from carillon.domain.base.errors import NotFound, Unavailable
from carillon.domain.base.paging import Page
from carillon.domain.base.terms import Noun
from carillon.domain.delivery.deliveries import (
    Chunk,
    ChunkKey,
    Claim,
    Claimed,
    DeliveryRecord,
    Held,
    Status,
    Tally,
    tally,
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
from carillon.domain.delivery.skips import ALL_HEARD, DUPLICATED, NO_SKIPS, Skips, Unheard
from carillon.domain.delivery.waiting import DUE_SHARDS, DeliveryKey, Due, Retry, Waiting
from carillon.domain.tenancy.access import Deletion
from tests.fakes.paging import page, shard_of


class Invocations:
    def __init__(self) -> None:
        self.by_id: dict[tuple[str, str], RecordedInvocation] = {}
        self.pages: dict[tuple[str, str, str, int, str], tuple[str, ...]] = {}
        self.planned: dict[tuple[str, str, str, int, str], int] = {}
        self.skipped: dict[tuple[str, str, str, int, str], Skips] = {}
        self.marked: set[tuple[str, str]] = set()
        self._taken: set[tuple[str, str]] = set()
        self.heads: dict[tuple[str, str], JobSummary] = {}

    def record(
        self, job: Job, topics: Mapping[str, Sequence[str]] = MappingProxyType({})
    ) -> Mapping[str, Sequence[str]]:
        for invocation in job.invocations:
            recorded = RecordedInvocation(
                invocation=invocation,
                job=job.id,
                accepted_at=job.accepted_at,
                topics=tuple(topics.get(invocation.id, ())),
            )
            self.by_id.setdefault((job.tenant, invocation.id), recorded)
        found = (self.by_id[job.tenant, i.id] for i in job.invocations)
        return {one.invocation.id: one.topics for one in found if one.job == job.id}

    def enlist(
        self,
        job: Job,
        planned: Mapping[str, int],
        *,
        skipped: Mapping[str, Skips] = MappingProxyType({}),
        unheard: Mapping[str, Unheard] = MappingProxyType({}),
        ranges: int,
    ) -> None:
        heads = [
            InvocationSummary(
                i.id,
                i.application,
                i.event,
                planned.get(i.id, 0),
                dict(skipped.get(i.id, NO_SKIPS)),
                dict(unheard.get(i.id, ALL_HEARD)),
            )
            for i in job.invocations
        ]
        heads += [InvocationSummary(*one, 0, dict(DUPLICATED)) for one in job.repetitions]
        self.heads[job.tenant, job.id] = JobSummary(
            id=job.id,
            accepted_at=job.accepted_at,
            invocations=tuple(heads),
            ranges=ranges,
        )

    def take(self, tenant: str, ids: Iterable[str]) -> None:
        self._taken.update((tenant, id) for id in ids)

    def forget_taken(self) -> None:
        """Become another process, which has taken nothing."""
        self._taken.clear()

    def taken(self, tenant: str, ids: Iterable[str]) -> frozenset[str]:
        return frozenset(id for id in ids if (tenant, id) in self._taken)

    def head(self, tenant: str, recorded: RecordedInvocation) -> InvocationSummary | None:
        job = self.heads.get((tenant, recorded.job))
        heads = job.invocations if job else ()
        return next((head for head in heads if head.id == recorded.invocation.id), None)

    def get(self, tenant: str, id: str) -> RecordedInvocation:
        if (tenant, id) not in self.by_id:
            raise NotFound(Noun.INVOCATION, id)
        return self.by_id[tenant, id]

    def get_many(self, tenant: str, ids: Sequence[str]) -> Mapping[str, RecordedInvocation]:
        return {id: self.by_id[tenant, id] for id in ids if (tenant, id) in self.by_id}

    def cancel(self, tenant: str, id: str, at: datetime) -> None:
        self.get(tenant, id)
        self.marked.add((tenant, id))

    def cancelled(self, tenant: str, ids: Sequence[str]) -> frozenset[str]:
        return frozenset(id for id in ids if (tenant, id) in self.marked)

    def forget(self, tenant: str, ids: Sequence[str], subscriber: str) -> None:
        for id, one in self.get_many(tenant, ids).items():
            self.by_id[tenant, id] = replace(one, invocation=one.invocation.without(subscriber))

    def freeze_page(self, page: TopicPage, members: Sequence[str]) -> Sequence[str]:
        place = (page.tenant, page.invocation, page.topic, page.shard, page.after)
        return self.pages.setdefault(place, tuple(members))

    def plan_page(self, page: TopicPage, planned: int, skipped: Skips = NO_SKIPS) -> None:
        place = (page.tenant, page.invocation, page.topic, page.shard, page.after)
        assert place in self.pages
        self.planned[place] = planned
        self.skipped[place] = dict(skipped)

    def frozen_pages(self, tenant: str, id: str) -> Sequence[FrozenPage]:
        return [
            FrozenPage(
                place[2],
                place[3],
                len(members),
                self.planned.get(place),
                self.skipped.get(place, NO_SKIPS),
            )
            for place, members in self.pages.items()
            if place[:2] == (tenant, id)
        ]

    def jobs(
        self, tenant: str, *, since: datetime, upto: JobPosition, limit: int
    ) -> Sequence[JobSummary]:
        found = [
            (place, head)
            for (owner, _), head in self.heads.items()
            if owner == tenant and head.accepted_at >= since
            if (place := JobPosition(head.accepted_at, head.id)) <= upto
        ]
        return [head for _, head in sorted(found, key=lambda one: one[0], reverse=True)[:limit]]

    def jobs_of(self, tenant: str, ids: Sequence[str]) -> Mapping[str, str]:
        return {id: found.job for id, found in self.get_many(tenant, ids).items()}


class Chunks:
    def __init__(self, lease_seconds: int = 90) -> None:
        self.lease = timedelta(seconds=lease_seconds)
        self.leases: dict[tuple[str, str, int, str], tuple[str, datetime]] = {}
        self.records: dict[tuple[str, str, int, str], Mapping[str, DeliveryRecord]] = {}

    def claim(self, chunk: Chunk, owner: str, now: datetime) -> Claim:
        place = _place(chunk)
        if place in self.leases and self.leases[place][1] >= now:
            return Held()
        self.leases[place] = (owner, now + self.lease)
        return Claimed(self.records.get(place, {}))

    def record(self, chunk: Chunk, owner: str, records: Mapping[str, DeliveryRecord]) -> bool:
        place = _place(chunk)
        if place not in self.leases or self.leases[place][0] != owner:
            return False
        del self.leases[place]
        self.records[place] = dict(records)
        return True

    def insert(
        self, tenant: str, chunks: Sequence[tuple[Chunk, Mapping[str, DeliveryRecord]]]
    ) -> Sequence[Chunk]:
        assert {chunk.tenant for chunk, _ in chunks} == {tenant}
        there = []
        for chunk, records in chunks:
            place = _place(chunk)
            if place in self.records or place in self.leases:
                there.append(chunk)
            else:
                self.records[place] = dict(records)
        return there

    def of_invocation(
        self, tenant: str, job: str, invocation: str, cursor: str | None, limit: int
    ) -> Page[DeliveryRecord]:
        own = {o.delivery: o for o in self._of(tenant, job) if o.invocation == invocation}
        return page(f"{tenant} {job} {invocation} deliveries", own, cursor, limit)

    def of_job(
        self, tenant: str, job: str, cursor: str | None, limit: int, *, ranges: int
    ) -> Page[DeliveryRecord]:
        own = {one.delivery: one for one in self._of(tenant, job, ranges)}
        return page(f"{tenant} {job} deliveries", own, cursor, limit)

    def get_many(self, tenant: str, keys: Sequence[ChunkKey]) -> Mapping[str, DeliveryRecord]:
        records = (self.records.get((tenant, *key), {}) for key in keys)
        return {id: one for record in records for id, one in record.items()}

    def tally(self, tenant: str, job: str, invocation: str) -> Tally:
        return tally(self._of(tenant, job)).get(invocation, {})

    def anonymize(
        self,
        tenant: str,
        keys: Sequence[ChunkKey],
        deliveries: frozenset[str],
        now: datetime,
    ) -> frozenset[ChunkKey]:
        busy = set()
        for key in keys:
            place = (tenant, *key)
            if place in self.leases and self.leases[place][1] >= now:
                busy.add(key)
            elif place in self.records:
                record = self.records[place]
                self.records[place] = {
                    id: one.anonymous if id in deliveries else one for id, one in record.items()
                }
        return frozenset(busy)

    def _of(self, tenant: str, job: str, ranges: int = SHARDS) -> Iterator[DeliveryRecord]:
        for (owner, name, range_, _), record in self.records.items():
            if (owner, name) == (tenant, job) and range_ < ranges:
                yield from record.values()


class WaitingDeliveries:
    def __init__(self, lease_seconds: int = 90) -> None:
        self.lease = timedelta(seconds=lease_seconds)
        self.by_key: dict[tuple[str, DeliveryKey], Waiting] = {}
        self._index: dict[int, dict[tuple[str, DeliveryKey], datetime]] = defaultdict(dict)
        self._first: list[tuple[datetime, tuple[str, DeliveryKey]]] = []  # a heap, some of it stale

    def add(self, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
        added = [one for one in waiting if (one.tenant, one.key) not in self.by_key]
        for one in added:
            self._write(one)
        return added

    def get_many(self, tenant: str, keys: Sequence[DeliveryKey]) -> Sequence[Waiting]:
        found = (self.by_key.get((tenant, DeliveryKey(*key))) for key in dict.fromkeys(keys))
        return [one for one in found if one]

    def claim(self, waiting: Sequence[Waiting], now: datetime) -> Sequence[Waiting]:
        return self.record([one.leased(now + self.lease) for one in waiting])

    def record(self, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
        written = []
        for one in waiting:
            stored = self.by_key.get((one.tenant, one.key))
            if stored is not None and stored.version == one.version - 1:
                self._write(one)
                written.append(one)
        return written

    def due(
        self, shard: int, *, after: datetime | None, until: datetime, limit: int
    ) -> Sequence[Due]:
        found = sorted(
            (sweep_at, place)
            for place, sweep_at in self._index[shard].items()
            if (after is None or sweep_at > after) and sweep_at <= until
        )
        return [_due(self.by_key[place], sweep_at) for sweep_at, place in found[:limit]]

    def postpone(self, due: Sequence[Due], until: datetime) -> None:
        for one in due:
            place = (one.tenant, one.key)
            if self._index[_shard(one.key)].get(place) == one.sweep_at:
                self._enter(place, until)

    def tally(self, tenant: str, invocation: str) -> Mapping[Status, int]:
        return Counter(
            one.record.status
            for (owner, key), one in self.by_key.items()
            if (owner, key.invocation) == (tenant, invocation)
        )

    def first_sweep(self) -> datetime | None:
        """When the first of all is to be swept."""
        while self._first:
            sweep_at, place = self._first[0]
            if self._index[_shard(place[1])].get(place) == sweep_at:
                return sweep_at
            heapq.heappop(self._first)
        return None

    def drop(self, tenant: str, key: DeliveryKey) -> None:
        """As if it had never waited."""
        self.by_key.pop((tenant, key), None)
        self._index[_shard(key)].pop((tenant, key), None)

    def _write(self, one: Waiting) -> None:
        place = (one.tenant, one.key)
        self.by_key[place] = one
        self._index[_shard(one.key)].pop(place, None)
        if one.sweep_at and one.record.next_attempt_at:
            self._enter(place, one.sweep_at)

    def _enter(self, place: tuple[str, DeliveryKey], sweep_at: datetime) -> None:
        self._index[_shard(place[1])][place] = sweep_at
        heapq.heappush(self._first, (sweep_at, place))


def _due(one: Waiting, sweep_at: datetime) -> Due:
    assert one.record.next_attempt_at
    return Due(
        tenant=one.tenant,
        channel=one.channel,
        key=one.key,
        accepted_at=one.accepted_at,
        next_attempt_at=one.record.next_attempt_at,
        sweep_at=sweep_at,
    )


def _shard(key: DeliveryKey) -> int:
    return shard_of(key.delivery, DUE_SHARDS)


class History:
    """`refuse_next` is how many of the coming writes store nothing."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], dict[tuple[datetime, str], Entry]] = defaultdict(dict)
        self.refuse_next = 0

    def add(self, tenant: str, entries: Sequence[Entry]) -> None:
        if self.refuse_next:
            self.refuse_next -= 1
            raise Unavailable("DynamoDB is not available")
        for one in entries:
            self.entries[tenant, one.subscriber][one.accepted_at, one.delivery] = one

    def remove(self, tenant: str, entries: Sequence[Entry]) -> None:
        for one in entries:
            self.entries[tenant, one.subscriber].pop((one.accepted_at, one.delivery), None)

    def of_subscriber(
        self,
        tenant: str,
        subscriber: str,
        *,
        since: datetime | None,
        until: datetime | None,
        cursor: str | None,
        limit: int,
    ) -> Page[Entry]:
        found = {
            f"{at.isoformat(timespec='microseconds')}#{delivery}": one
            for (at, delivery), one in self.entries[tenant, subscriber].items()
            if (since is None or at >= since) and (until is None or at < until)
        }
        return page(f"{tenant} {subscriber} history", found, cursor, limit, backwards=True)


class Replays:
    def __init__(self) -> None:
        self.by_key: dict[tuple[str, str, str], Replayed] = {}

    def claim(
        self, tenant: str, invocation: str, made: Mapping[str, Replayed], *, again: bool
    ) -> Mapping[str, Replayed]:
        for id, one in made.items():
            if again or (tenant, invocation, id) not in self.by_key:
                self.by_key[tenant, invocation, id] = one
        return {id: self.by_key[tenant, invocation, id] for id in made}

    def get_many(
        self, tenant: str, deliveries: Sequence[DeliveryKey]
    ) -> Mapping[DeliveryKey, Replayed]:
        found = {key: self.by_key.get((tenant, *key)) for key in deliveries}
        return {key: one for key, one in found.items() if one}


class Dispatches:
    def __init__(self) -> None:
        self.by_id: dict[str, Dispatch] = {}

    def start(self, dispatches: Sequence[Dispatch]) -> None:
        for one in dispatches:
            if one.answer_by is None or one.id not in self.by_id:
                self.by_id[one.id] = one

    def find(self, id: str) -> Dispatch | None:
        found = self.by_id.get(id)
        return found if found and found.answer_by else None

    def complete(self, dispatches: Sequence[Dispatch]) -> frozenset[str]:
        written = set()
        for one in dispatches:
            before = self.by_id.get(one.id)
            if one.answer_by is None or before is None or before.completed_at is None:
                self.by_id[one.id] = one
                written.add(one.id)
        return frozenset(written)

    def newest(self, tenant: str, limit: int) -> Sequence[Dispatch]:
        own = [one for one in self.by_id.values() if one.tenant == tenant]
        return sorted(own, key=lambda one: (one.created_at, one.id), reverse=True)[:limit]


class Queues:
    """`refuse_next` is how many of the coming calls store nothing."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.pages: list[TopicPage] = []
        self.chunks: list[Chunk] = []
        self.retries: list[Retry] = []
        self.replays: list[Replay | ReplayRange] = []
        self.deletions: list[Deletion] = []
        self.erasures: list[ErasureStep] = []
        self.refuse_next = 0

    def send_jobs(self, jobs: Sequence[Job]) -> Sequence[Job]:
        if self._refused():
            return jobs
        self.jobs.extend(jobs)
        return []

    def send_pages(self, pages: Sequence[TopicPage]) -> None:
        if self._refused():
            raise Unavailable("The queue did not store the pages")
        self.pages.extend(pages)

    def send_chunks(self, chunks: Sequence[Chunk]) -> None:
        if self._refused():
            raise Unavailable("The queue did not store the chunks")
        self.chunks.extend(chunks)

    def send_replays(self, replays: Sequence[Replay | ReplayRange]) -> None:
        if self._refused():
            raise Unavailable("The queue did not store the replays")
        self.replays.extend(replays)

    def send_deletion(self, step: Deletion) -> None:
        if self._refused():
            raise Unavailable("The queue did not store the deletion")
        self.deletions.append(step)

    def send_erasure(self, step: ErasureStep) -> None:
        if self._refused():
            raise Unavailable("The queue did not store the erasure")
        self.erasures.append(step)

    def send_retries(self, retries: Sequence[Retry]) -> None:
        if self._refused():
            raise Unavailable("The queue did not store the retries")
        self.retries.extend(retries)

    def _refused(self) -> bool:
        refused = self.refuse_next > 0
        self.refuse_next = max(0, self.refuse_next - 1)
        return refused


def _place(chunk: Chunk) -> tuple[str, str, int, str]:
    return chunk.tenant, chunk.job, chunk.range, chunk.id
