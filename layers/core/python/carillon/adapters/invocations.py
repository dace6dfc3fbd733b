"""Invocations in the invocations table, and the pages of topics that they go to."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from carillon.adapters import codecs, keys
from carillon.adapters.bulk import BulkWrite, Insert
from carillon.adapters.caching import Expiring
from carillon.adapters.table import ABSENT, ConditionFailed, Put, Table
from carillon.domain.errors import NotFound
from carillon.domain.invocations import Job, Recorded, TopicPage

_CANCELLING_SECONDS = 5  # how long a process believes that a tenant has cancelled nothing


class DynamoInvocations:
    def __init__(self, table: Table, write: BulkWrite, *, retention_days: int) -> None:
        self._table = table
        self._write = write
        self._retention = timedelta(days=retention_days)
        self._cancelling: Expiring[str, bool] = Expiring(seconds=_CANCELLING_SECONDS)

    def record(self, job: Job) -> frozenset[str]:
        """The job's own item is one more insert among those of its invocations.

        So n events take ceil((n + 1) / 25) calls, 100 of them five; another read, and only one
        a hundred, when some were there already.
        """
        by_id = {invocation.id: invocation for invocation in job.invocations}
        inserts = [Insert(self._heads(job))]
        for id, invocation in by_id.items():
            recorded = Recorded(invocation=invocation, job=job.id, accepted_at=job.accepted_at)
            inserts.append(
                Insert(
                    {
                        **keys.invocation(job.tenant, id)._asdict(),
                        "data": codecs.dump(recorded),
                        "job": job.id,
                        "expires_at": self._expiry(job.accepted_at),
                    }
                )
            )
        _, *written = self._write(self._table, inserts)
        new = {id for id, done in zip(by_id, written, strict=True) if done}
        return frozenset(new | self._already(job, [id for id in by_id if id not in new]))

    def get(self, tenant: str, id: str) -> Recorded:
        item = self._table.get(keys.invocation(tenant, id))
        if item is None:
            raise NotFound("invocation", id)
        return codecs.load(Recorded, str(item["data"]))

    def get_many(self, tenant: str, ids: Sequence[str]) -> Mapping[str, Recorded]:
        items = self._table.get_many([keys.invocation(tenant, id) for id in ids])
        found = [codecs.load(Recorded, str(item["data"])) for item in items]
        return {recorded.invocation.id: recorded for recorded in found}

    def cancel(self, tenant: str, id: str, at: datetime) -> None:
        recorded = self.get(tenant, id)
        expiry = {"expires_at": self._expiry(recorded.accepted_at)}
        self._table.write(Put({**keys.cancellation(tenant, id)._asdict(), **expiry}))
        any_expiry = {"expires_at": self._expiry(at)}
        self._table.write(Put({**keys.cancellations(tenant)._asdict(), **any_expiry}))
        self._cancelling.clear()

    def cancelled(self, tenant: str, ids: Sequence[str]) -> frozenset[str]:
        cancelling = self._cancelling.or_ask(
            tenant, lambda: self._table.get(keys.cancellations(tenant)) is not None
        )
        if not cancelling:
            return frozenset()
        by_partition = {keys.cancellation(tenant, id).pk: id for id in ids}
        marks = self._table.get_many([keys.cancellation(tenant, id) for id in ids])
        return frozenset(by_partition[str(mark["pk"])] for mark in marks)

    def freeze_page(self, page: TopicPage, members: Sequence[str]) -> Sequence[str]:
        item = {
            **keys.page(page)._asdict(),
            "data": json.dumps(list(members), separators=(",", ":")),
            "expires_at": self._expiry(page.accepted_at),
        }
        try:
            self._table.write(Put(item, ABSENT))
        except ConditionFailed as failed:
            first = failed.item or self._table.get(keys.page(page)) or item
            return [str(id) for id in json.loads(str(first["data"]))]
        return members

    def _already(self, job: Job, ids: Sequence[str]) -> set[str]:
        """Of invocations that were there, those that an earlier run of the same job inserted."""
        by_partition = {keys.invocation(job.tenant, id).pk: id for id in ids}
        found = self._table.get_many(
            [keys.invocation(job.tenant, id) for id in ids], attributes=["pk", "job"]
        )
        return {by_partition[str(item["pk"])] for item in found if item["job"] == job.id}

    def _heads(self, job: Job) -> dict[str, str | int]:
        heads = [[i.id, i.application, i.event] for i in job.invocations]
        return {
            **keys.job(job.tenant, job.id, job.accepted_at)._asdict(),
            "data": json.dumps(heads, separators=(",", ":")),
            "expires_at": self._expiry(job.accepted_at),
        }

    def _expiry(self, since: datetime) -> int:
        return int((since + self._retention).timestamp())
