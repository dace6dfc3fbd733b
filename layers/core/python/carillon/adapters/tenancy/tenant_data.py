"""Removes a tenant's data from the three tables, and the attachments from the bucket.

COVERED lists every key of adapters/aws/keys.py that holds a tenant, by the branch that removes it.
A test fails when a new key is missing (tests/architecture/test_tenant_data.py).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from carillon.adapters.aws import codecs, job_summaries, keys, listings
from carillon.adapters.aws.bucket import Bucket
from carillon.adapters.aws.expressions import Item
from carillon.adapters.aws.keys import Key, Listing
from carillon.adapters.aws.table import Delete, Table
from carillon.domain.activity.feeds import FeedPosition
from carillon.domain.audience.subscribers import SHARDS
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import DeliveryRecord
from carillon.domain.delivery.dispatches import Dispatch
from carillon.domain.delivery.invocations import JobSummary
from carillon.domain.integrations.senders import Sender
from carillon.domain.subscriptions.subscriptions import Subscription

CONFIGURATION, AUDIENCE, TRAFFIC = "configuration", "audience", "traffic"

COVERED: Mapping[str, tuple[Callable[..., object], ...]] = {
    # all in the tenant's own partition, which is removed as a whole
    "configuration": (
        keys.api_keys,
        keys.senders,
        keys.spending,
        keys.applications,
        keys.application,
        keys.event_types,
        keys.templates,
        keys.all_templates,
        keys.template,
        keys.integrations,
        keys.contexts,
        keys.guard,
    ),
    "subscribers": (
        keys.subscribers,
        keys.subscriber,
        keys.email,  # a key of an index: no item of its own
        keys.memberships,
        keys.history,
        keys.feed,
        keys.feed_message,
    ),
    "erasures": (keys.erasures, keys.erasure),
    "topics": (keys.topics, keys.members, keys.member),
    "subscriptions": (keys.subscriptions, keys.subscriptions_of),
    "jobs": (
        keys.jobs,
        keys.job,
        keys.invocation,
        keys.cancellation,
        keys.all_replayed,
        keys.replayed,
        keys.chunks,
        keys.waiting,
        keys.waiting_delivery,
        keys.pages,
        keys.page,
    ),
    "cancellations": (keys.cancellations,),
    "dispatches": (keys.dispatches, keys.dispatched),
}

_PAGE = 100  # items of one query
_CALLS = 1_000  # of one step, about: 10 seconds
_DAYS_LATE = 3  # by which DynamoDB may remove expired items


@dataclass(frozen=True)
class Leaf:
    """One item that refers to no others."""

    table: str
    key: Key


@dataclass(frozen=True)
class Branch:
    """The items of a listing, and the branches and leaves that each refers to."""

    table: str
    listing: Listing
    hangs_on: Callable[[Item], Iterable["Branch | Leaf"]] = lambda _: ()
    kept: str = ""  # the sort key of an item not to remove


class DynamoTenantData:
    def __init__(
        self,
        tenant: str,
        configuration: Table,
        audience: Table,
        traffic: Table,
        attachments: Bucket,
        *,
        retention_days: int,
    ) -> None:
        self._tenant = tenant
        self._tables = {CONFIGURATION: configuration, AUDIENCE: audience, TRAFFIC: traffic}
        self._attachments = attachments
        self._days = retention_days + _DAYS_LATE

    def remove_some(self, since: datetime, place: int) -> int | None:
        branches = _branches(self._tenant, since, self._days)
        clearing = _Clearing(self._tables)
        try:
            for here in range(place, len(branches)):
                place = here
                clearing.clear(branches[here])
        except _StepDone:
            return place
        return len(branches) if self._attachments.remove_some() else None

    def remove_job(self, job: JobSummary) -> bool:
        clearing = _Clearing(self._tables)
        try:
            clearing.clear_these(_of_job(self._tenant, job))
        except _StepDone:
            return False
        return True


class _StepDone(Exception):
    """The step has removed something and used up its calls."""


class _Clearing:
    """Removes the leaves of a branch before the items that refer to them.

    So a step that ends early leaves everything that it did not remove reachable for the next.
    """

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = tables
        self._calls = 0
        self._removed = False

    def clear(self, branch: Branch) -> None:
        table = self._tables[branch.table]
        start, more = "", True
        while more:
            rows = table.query(branch.listing, start=start, limit=_PAGE)
            self._count()
            items = [item for item in rows.items if item["sk"] != branch.kept]
            self._clear_items(branch, items)
            last = str(rows.items[-1]["sk"]) if rows.items else ""
            more, start = rows.more, listings.after(last.removeprefix(branch.listing.prefix))

    def clear_these(self, hanging: Iterable[Branch | Leaf]) -> None:
        self._write(self._cleared(hanging))
        self._count(0)

    def _clear_items(self, branch: Branch, items: Iterable[Item]) -> None:
        """Remove each item after all it refers to. The leaves of all items go in shared calls."""
        leaves: list[Leaf] = []
        bare: list[Leaf] = []
        try:
            for item in items:
                leaves += self._cleared(branch.hangs_on(item))
                bare.append(Leaf(branch.table, Key(str(item["pk"]), str(item["sk"]))))
        except _StepDone:
            self._write(leaves)
            self._write(bare)
            raise
        self._write(leaves)
        self._write(bare)
        self._count(0)

    def _cleared(self, hanging: Iterable[Branch | Leaf]) -> list[Leaf]:
        """Clear the branches; return the leaves, for the caller to remove."""
        leaves: list[Leaf] = []
        for each in hanging:
            match each:
                case Branch():
                    self.clear(each)
                case Leaf():
                    leaves.append(each)
        return leaves

    def _write(self, leaves: list[Leaf]) -> None:
        for name, table in self._tables.items():
            if gone := [Delete(leaf.key) for leaf in leaves if leaf.table == name]:
                table.write_many(gone)
                self._removed = True
                self._calls += len(gone) // 25 + 1

    def _count(self, calls: int = 1) -> None:
        self._calls += calls
        if self._removed and self._calls >= _CALLS:
            raise _StepDone


def _branches(tenant: str, since: datetime, days: int) -> list[Branch]:
    """Return the branches in order, the same in each step.

    Credentials are first; subscribers come after the jobs whose deliveries name them.
    """
    whole = Listing(keys.tenant(tenant).pk)
    today = since.date() + timedelta(days=1)  # clocks differ
    return [
        Branch(CONFIGURATION, whole, _of_configuration, kept=keys.tenant(tenant).sk),
        *(
            Branch(TRAFFIC, shard, partial(_of_listed_job, tenant))
            for ago in range(days + 2)
            for shard in keys.jobs(tenant, today - timedelta(days=ago))
        ),
        Branch(TRAFFIC, Listing(keys.cancellations(tenant).pk)),
        *(Branch(TRAFFIC, shard, _of_dispatch) for shard in keys.dispatches(tenant)),
        *(
            Branch(AUDIENCE, keys.subscribers(tenant, shard), partial(_of_subscriber, tenant))
            for shard in range(SHARDS)
        ),
        *(Branch(TRAFFIC, keys.erasures(tenant, shard)) for shard in range(SHARDS)),
        Branch(AUDIENCE, keys.topics(tenant), partial(_of_topic, tenant)),
        Branch(AUDIENCE, keys.subscriptions(tenant), partial(_of_subscription, tenant)),
    ]


def _of_configuration(item: Item) -> Iterator[Leaf]:
    """Yield the second items of API keys (by id) and of senders (their taken addresses)."""
    kind, _, id = str(item["sk"]).partition("#")
    if kind == "KEY":
        yield Leaf(CONFIGURATION, keys.api_key(id))
    elif kind == "SENDER":
        yield Leaf(CONFIGURATION, keys.sender(codecs.load(Sender, str(item["data"])).email))


def _of_dispatch(item: Item) -> Iterator[Leaf]:
    """Yield the second item, by id, of a dispatch that awaits an answer."""
    yield Leaf(TRAFFIC, keys.dispatch(codecs.load(Dispatch, str(item["data"])).id))


def _of_subscriber(tenant: str, item: Item) -> Iterator[Branch]:
    id = str(item["sk"])
    yield Branch(AUDIENCE, keys.memberships(tenant, id))
    yield Branch(TRAFFIC, keys.history(tenant, id))
    yield Branch(TRAFFIC, keys.feed(tenant, id))


def _of_topic(tenant: str, item: Item) -> Iterator[Branch]:
    topic = str(item["sk"])

    def membership(member: Item) -> Iterator[Leaf]:
        listing = keys.memberships(tenant, str(member["sk"]))
        yield Leaf(AUDIENCE, keys.within(listing, topic))

    for shard in range(SHARDS):
        yield Branch(AUDIENCE, keys.members(tenant, topic, shard), membership)


def _of_subscription(tenant: str, item: Item) -> Iterator[Leaf]:
    one = codecs.load(Subscription, str(item["data"]))
    listing = keys.subscriptions_of(tenant, one.application, one.event)
    yield Leaf(AUDIENCE, keys.within(listing, one.id))


def _of_listed_job(tenant: str, item: Item) -> Iterator[Branch | Leaf]:
    accepted_at, _, id = str(item["sk"]).partition("#")
    heads = job_summaries.invocations(str(item["data"]))
    yield from _of_job(
        tenant,
        JobSummary(
            id=id,
            accepted_at=datetime.fromisoformat(accepted_at),
            invocations=heads,
            ranges=int(item["ranges"]),
        ),
    )


def _of_job(tenant: str, job: JobSummary) -> Iterator[Branch | Leaf]:
    for range_ in range(job.ranges):
        chunks = keys.chunks(tenant, job.id, range_)
        yield Branch(TRAFFIC, chunks, partial(_of_chunk, tenant, job.accepted_at))
    for head in job.invocations:
        if job.ranges > 1:  # it went to topics
            for shard in range(SHARDS):
                yield Branch(TRAFFIC, keys.pages(tenant, head.id, shard))
        yield Branch(TRAFFIC, keys.all_replayed(tenant, head.id))
        yield Leaf(TRAFFIC, keys.cancellation(tenant, head.id))
        yield Leaf(TRAFFIC, keys.invocation(tenant, head.id))


def _of_chunk(tenant: str, accepted_at: datetime, item: Item) -> Iterator[Leaf]:
    """Yield the items of a chunk's deliveries, whose subscribers may have been removed."""
    record = codecs.load(dict[str, DeliveryRecord], str(item.get("data", "{}")))
    for one in record.values():
        if not one.status.final:
            yield Leaf(TRAFFIC, keys.waiting_delivery(tenant, one.invocation, one.delivery))
        if one.subscriber:
            told = keys.history(tenant, one.subscriber)
            yield Leaf(TRAFFIC, keys.within(told, keys.moment(accepted_at, one.delivery)))
        if one.subscriber and one.channel is Channel.IN_APP:
            place = FeedPosition(one.subscriber, accepted_at, one.delivery)
            yield Leaf(TRAFFIC, keys.feed_message(tenant, place))
