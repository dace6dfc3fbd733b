"""In memory: all that is a tenant's, found in the way that the tables allow."""

from collections.abc import Iterator, Mapping, MutableMapping
from datetime import datetime
from itertools import islice
from typing import Any

from carillon.domain.delivery.invocations import JobSummary
from carillon.domain.delivery.waiting import DeliveryKey

_STEP = 5  # things that one step removes
_FOUND_BY_JOB = frozenset({"chunks", "invocations", "waiting"})


class TenantData:
    """What jobs left is found by those that are listed; in all else, by the tenant in the key."""

    def __init__(self, stores: Mapping[str, Any]) -> None:
        self._stores = stores

    def remove_some(self, tenant: str, since: datetime, place: int) -> int | None:
        heads = [job for (owner, _), job in self._heads.items() if owner == tenant]
        for job in heads[:1]:
            self.remove_job(tenant, job)
            del self._heads[tenant, job.id]
        if heads:
            return place + 1
        removed = 0
        for holder, key in islice(self._entries(tenant), _STEP):
            del holder[key]
            removed += 1
        self._stores["topics"].forget(tenant, "")  # what it has sorted before is out of date
        return place + 1 if removed else None

    def remove_job(self, tenant: str, job: JobSummary) -> bool:
        chunks, waiting = self._stores["chunks"], self._stores["waiting"]
        for place in [key for key in chunks.records if key[:2] == (tenant, job.id)]:
            for one in chunks.records[place].values():
                waiting.drop(tenant, DeliveryKey(one.invocation, one.delivery))
                histories = self._stores["history"].entries
                histories.get((tenant, one.subscriber), {}).pop((job.accepted_at, one.delivery), 0)
            del chunks.records[place]
        for place in [key for key in chunks.leases if key[:2] == (tenant, job.id)]:
            del chunks.leases[place]
        invocations = self._stores["invocations"]
        for head in job.invocations:
            invocations.by_id.pop((tenant, head.id), None)
            invocations.marked.discard((tenant, head.id))
            for pages in (invocations.pages, invocations.planned, invocations.skipped):
                for place in [key for key in pages if key[:2] == (tenant, head.id)]:
                    del pages[place]
        return True

    def left(self, tenant: str) -> list[str]:
        """Whatever any store still has of the tenant, but its own record and empty places."""
        found = [f"{key}: {holder[key]}" for holder, key in self._entries(tenant, frozenset())]
        marked = self._stores["invocations"].marked
        return found + [f"marked {one}" for one in marked if one[0] == tenant]

    @property
    def _heads(self) -> MutableMapping[tuple[str, str], JobSummary]:
        heads: MutableMapping[tuple[str, str], JobSummary] = self._stores["invocations"].heads
        return heads

    def _entries(
        self, tenant: str, passed_over: frozenset[str] = _FOUND_BY_JOB
    ) -> Iterator[tuple[MutableMapping[Any, Any], Any]]:
        for name, store in self._stores.items():
            if name in passed_over | {"tenants", "queues", "dead_letters"}:
                continue
            for holder in list(getattr(store, "__dict__", {}).values()):
                if isinstance(holder, MutableMapping):
                    own = [key for key, value in holder.items() if _is_of(tenant, key, value)]
                    yield from ((holder, key) for key in own)


def _is_of(tenant: str, key: Any, value: Any) -> bool:
    owner = key[0] if isinstance(key, tuple) else key
    if getattr(value, "tenant", None) == tenant:
        return True
    return bool(owner == tenant and value)
