"""Invocations in the invocations table, and the topic pages they are sent to."""

import heapq
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from types import MappingProxyType

from carillon.adapters.aws import codecs, job_summaries, keys, listings
from carillon.adapters.aws.bulk import BulkWrite, Insert
from carillon.adapters.aws.conditions import ABSENT, PRESENT, ConditionFailed
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.keys import Listing
from carillon.adapters.aws.table import Put, Rows, Table
from carillon.adapters.caching import Cache
from carillon.domain.audience.subscribers import SHARDS
from carillon.domain.base.errors import NotFound, Unavailable
from carillon.domain.base.terms import Noun
from carillon.domain.delivery.invocations import (
    FrozenPage,
    InvocationSummary,
    Job,
    JobPosition,
    JobSummary,
    RecordedInvocation,
    TopicPage,
)
from carillon.domain.delivery.skips import DUPLICATED, NO_SKIPS, Skips, Unheard

_TRIES = 5
_TAKEN_SECONDS = 60  # longer than fan-out takes to record an event, unless its queue is long
_CANCELLING_SECONDS = 5  # for which a process remembers whether the tenant has cancelled anything

_LONGEST_SUMMARIES = 390_000  # bytes of a job's item, which may have 400 KB with its keys


class DynamoInvocations:
    def __init__(self, tenant: str, table: Table, write: BulkWrite, *, retention_days: int) -> None:
        self._tenant = tenant
        self._table = table
        self._write = write
        self._retention = timedelta(days=retention_days)
        self._cancelling = Cache[bool](seconds=_CANCELLING_SECONDS)
        self._taken = Cache[bool](seconds=_TAKEN_SECONDS)

    def record(
        self, job: Job, topics: Mapping[str, Sequence[str]] = MappingProxyType({})
    ) -> Mapping[str, Sequence[str]]:
        """Insert in ceil(n / 25) calls, plus one read per hundred that existed before."""
        by_id = {invocation.id: invocation for invocation in job.invocations}
        goes_to = {id: tuple(topics.get(id, ())) for id in by_id}
        inserts = []
        for id, invocation in by_id.items():
            recorded = RecordedInvocation(
                invocation=invocation, job=job.id, accepted_at=job.accepted_at
            )
            inserts.append(
                Insert(
                    {
                        **keys.invocation(job.tenant, id)._asdict(),
                        "data": codecs.dump(recorded),
                        "job": job.id,
                        "topics": _json(goes_to[id]),
                        "expires_at": self._expiry(job.accepted_at),
                    }
                )
            )
        written = self._write(self._table, inserts)
        new = {id: goes_to[id] for id, done in zip(by_id, written, strict=True) if done}
        return {**new, **self._already(job, {id: goes_to[id] for id in by_id if id not in new})}

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
            job_summaries.listed(i, planned.get(i.id, 0), skipped.get(i.id, NO_SKIPS))
            for i in job.invocations
        ]
        heads += [job_summaries.listed(one, 0, DUPLICATED) for one in job.repetitions]
        room = _LONGEST_SUMMARIES - len(_json(heads))
        for place, one in enumerate(job.invocations):
            if found := unheard.get(one.id):
                counts = planned.get(one.id, 0), skipped.get(one.id, NO_SKIPS)
                fuller = job_summaries.listed(one, *counts, found)
                room -= len(_json(fuller)) - len(_json(heads[place]))
                if room < 0:  # which subscriptions did not hear: the counts are there
                    break
                heads[place] = fuller
        item: Item = {
            **keys.job(job.tenant, job.id, job.accepted_at)._asdict(),
            "data": _json(heads),
            "ranges": ranges,
            "expires_at": self._expiry(job.accepted_at),
        }
        self._table.write(Put(item))

    def take(self, ids: Iterable[str]) -> None:
        for id in ids:
            self._taken.put(id, value=True)

    def taken(self, ids: Iterable[str]) -> frozenset[str]:
        return frozenset(id for id in ids if self._taken.get(id))

    def head(self, recorded: RecordedInvocation) -> InvocationSummary | None:
        item = self._table.get(keys.job(self._tenant, recorded.job, recorded.accepted_at))
        heads = _head(item).invocations if item else ()
        return next((head for head in heads if head.id == recorded.invocation.id), None)

    def get(self, id: str) -> RecordedInvocation:
        item = self._table.get(keys.invocation(self._tenant, id))
        if item is None:
            raise NotFound(Noun.INVOCATION, id)
        return _recorded(item)

    def get_many(self, ids: Sequence[str]) -> Mapping[str, RecordedInvocation]:
        items = self._table.get_many([keys.invocation(self._tenant, id) for id in ids])
        found = [_recorded(item) for item in items]
        return {recorded.invocation.id: recorded for recorded in found}

    def cancel(self, id: str, at: datetime) -> None:
        recorded = self.get(id)
        expiry = {"expires_at": self._expiry(recorded.accepted_at)}
        self._table.write(Put({**keys.cancellation(self._tenant, id)._asdict(), **expiry}))
        any_expiry = {"expires_at": self._expiry(at)}
        self._table.write(Put({**keys.cancellations(self._tenant)._asdict(), **any_expiry}))
        self._cancelling.clear()

    def cancelled(self, ids: Sequence[str]) -> frozenset[str]:
        cancelling = self._cancelling.get_or_read(
            None, lambda: self._table.get(keys.cancellations(self._tenant)) is not None
        )
        if not cancelling:
            return frozenset()
        by_partition = {keys.cancellation(self._tenant, id).pk: id for id in ids}
        marks = self._table.get_many([keys.cancellation(self._tenant, id) for id in ids])
        return frozenset(by_partition[str(mark["pk"])] for mark in marks)

    def forget(self, ids: Sequence[str], subscriber: str) -> None:
        left = list(ids)
        for _ in range(_TRIES):
            items = self._table.get_many([keys.invocation(self._tenant, id) for id in left])
            left = [id for item in items if (id := self._forgetting(item, subscriber))]
            if not left:
                return
        raise Unavailable("Others are changing the same invocation")

    def _forgetting(self, item: Item, subscriber: str) -> str:
        """Write the invocation without the subscriber; return its id if another wrote it first."""
        recorded = codecs.load(RecordedInvocation, str(item["data"]))
        after = recorded.invocation.without(subscriber)
        if after is recorded.invocation:
            return ""
        try:
            self._table.update(
                keys.invocation(self._tenant, after.id),
                "SET #data = :data",
                "#data = :before",
                {
                    "data": codecs.dump(replace(recorded, invocation=after)),
                    "before": str(item["data"]),
                },
            )
        except ConditionFailed:
            return after.id
        return ""

    def freeze_page(self, page: TopicPage, members: Sequence[str]) -> Sequence[str]:
        item = {
            **keys.page(page)._asdict(),
            "data": _json(list(members)),
            "size": len(members),
            "expires_at": self._expiry(page.accepted_at),
        }
        try:
            self._table.write(Put(item, ABSENT))
        except ConditionFailed as failed:
            first = failed.item or self._table.get(keys.page(page)) or item
            return [str(id) for id in json.loads(str(first["data"]))]
        return members

    def plan_page(self, page: TopicPage, planned: int, skipped: Skips = NO_SKIPS) -> None:
        counts: Item = {"planned": planned, "skipped": job_summaries.dumped(skipped)}
        change = "SET #planned = :planned, #skipped = :skipped"
        self._table.update(keys.page(page), change, PRESENT, counts)

    def frozen_pages(self, id: str) -> Sequence[FrozenPage]:
        def of(listing: Listing) -> list[FrozenPage]:
            shard = shards.index(listing)
            items = self._table.every(listing, ["sk", "size", "planned", "skipped"])
            return [_frozen(item, shard) for item in items]

        shards = [keys.pages(self._tenant, id, shard) for shard in range(SHARDS)]
        return [page for some in listings.side_by_side(of, shards) for page in some]

    def jobs(self, *, since: datetime, upto: JobPosition, limit: int) -> Sequence[JobSummary]:
        found: list[JobSummary] = []
        day = upto.accepted_at.date()
        while day >= since.date() and len(found) < limit:
            items = self._of_day(keys.jobs(self._tenant, day), since, upto, limit)
            found += map(_head, islice(items, limit - len(found)))
            day -= timedelta(days=1)
        return found

    def jobs_of(self, ids: Sequence[str]) -> Mapping[str, str]:
        return {id: str(item["job"]) for id, item in self._owners(ids).items()}

    def _of_day(
        self, shards: Sequence[Listing], since: datetime, upto: JobPosition, limit: int
    ) -> Iterator[Item]:
        """Return a day's jobs, the newest first, reading each shard as far as the caller does."""
        first, last = keys.moment(since), keys.moment(*upto)
        some = limit // len(shards) + 4

        def rest(listing: Listing, rows: Rows) -> Iterator[Item]:
            yield from rows.items
            while rows.more:
                rows = listings.newest(
                    self._table,
                    listing,
                    since=first,
                    until=last,
                    before=str(rows.items[-1]["sk"]),
                    limit=some,
                )
                yield from rows.items

        begun = listings.side_by_side(
            lambda listing: self._table.query(
                listing, start=first, end=last, backwards=True, limit=some
            ),
            shards,
        )
        return heapq.merge(*map(rest, shards, begun), key=lambda i: str(i["sk"]), reverse=True)

    def _already(
        self, job: Job, topics: Mapping[str, Sequence[str]]
    ) -> Mapping[str, Sequence[str]]:
        """Return the topics of the invocations that an earlier run of the same job inserted."""
        owners = self._owners(list(topics))
        ours = {id: _topics(item) for id, item in owners.items() if item["job"] == job.id}
        return {id: topics[id] if own is None else own for id, own in ours.items()}

    def _owners(self, ids: Sequence[str]) -> Mapping[str, Item]:
        by_partition = {keys.invocation(self._tenant, id).pk: id for id in ids}
        found = self._table.get_many(
            [keys.invocation(self._tenant, id) for id in ids], attributes=["pk", "job", "topics"]
        )
        return {by_partition[str(item["pk"])]: item for item in found}

    def _expiry(self, since: datetime) -> int:
        return int((since + self._retention).timestamp())


def _recorded(item: Item) -> RecordedInvocation:
    return replace(codecs.load(RecordedInvocation, str(item["data"])), topics=_topics(item))


def _topics(item: Item) -> tuple[str, ...]:
    return tuple(json.loads(str(item["topics"])))


def _frozen(item: Item, shard: int) -> FrozenPage:
    planned = int(item["planned"]) if "planned" in item else None
    skipped = job_summaries.skips(json.loads(str(item.get("skipped", "{}"))))
    return FrozenPage(keys.topic_of(str(item["sk"])), shard, int(item["size"]), planned, skipped)


def _head(item: Item) -> JobSummary:
    accepted_at, _, id = str(item["sk"]).partition("#")
    return JobSummary(
        id=id,
        accepted_at=datetime.fromisoformat(accepted_at),
        invocations=job_summaries.invocations(str(item["data"])),
        ranges=int(item["ranges"]),
    )


def _json(value: Sequence[object]) -> str:
    return json.dumps(value, separators=(",", ":"))
