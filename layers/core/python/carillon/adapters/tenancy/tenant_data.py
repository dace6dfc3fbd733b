"""All that is a tenant's in the three tables, and how it is found to be removed.

Every key of adapters/aws/keys.py that holds a tenant is in COVERED, beside what removes it: whoever
adds one there is held to add it here (tests/architecture/test_belongings.py).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from carillon.adapters.aws import codecs, keys, listings
from carillon.adapters.aws.keys import Key, Listing
from carillon.adapters.aws.table import Delete, Item, Table
from carillon.domain.activity.feeds import FeedPosition
from carillon.domain.audience.subscribers import SHARDS
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import DeliveryRecord
from carillon.domain.delivery.dispatches import Dispatch
from carillon.domain.delivery.invocations import InvocationSummary, JobSummary
from carillon.domain.integrations.senders import Sender
from carillon.domain.subscriptions.subscriptions import Subscription

CONFIGURATION, AUDIENCE, TRAFFIC = "configuration", "audience", "traffic"

COVERED: Mapping[str, tuple[Callable[..., object], ...]] = {
    # all in the tenant's own partition, which goes as a whole
    "configuration": (
        keys.api_keys,
        keys.senders,
        keys.applications,
        keys.application,
        keys.event_types,
        keys.templates,
        keys.all_templates,
        keys.template,
        keys.integrations,
        keys.contexts,
    ),
    "subscribers": (
        keys.subscribers,
        keys.subscriber,
        keys.email,  # of an index: no item of its own
        keys.memberships,
        keys.history,
        keys.feed,
        keys.feed_message,
    ),
    "topics": (keys.topics, keys.members, keys.member),
    "subscriptions": (keys.subscriptions, keys.subscriptions_of),
    "jobs": (
        keys.jobs,
        keys.job,
        keys.invocation,
        keys.cancellation,
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
_CALLS = 1_000  # that one step makes, about; 10 seconds
_DAYS_LATE = 3  # that DynamoDB may take to remove what has expired


@dataclass(frozen=True)
class Leaf:
    """One item on which nothing hangs."""

    table: str
    key: Key


@dataclass(frozen=True)
class Branch:
    """Items that are listed, and what hangs on each of them."""

    table: str
    listing: Listing
    hangs_on: Callable[[Item], Iterable["Branch | Leaf"]] = lambda _: ()
    kept: str = ""  # the sort key of the one item that stays


class DynamoTenantData:
    def __init__(
        self,
        tenant: str,
        configuration: Table,
        audience: Table,
        traffic: Table,
        *,
        retention_days: int,
    ) -> None:
        self._tenant = tenant
        self._tables = {CONFIGURATION: configuration, AUDIENCE: audience, TRAFFIC: traffic}
        self._days = retention_days + _DAYS_LATE

    def remove_some(self, since: datetime, place: int) -> int | None:
        branches = _branches(self._tenant, since, self._days)
        clearing = _Clearing(self._tables)
        try:
            for here in range(place, len(branches)):
                place = here
                clearing.clear(branches[here])
        except _Enough:
            return place
        return None

    def remove_job(self, job: JobSummary) -> bool:
        clearing = _Clearing(self._tables)
        try:
            clearing.clear_these(_of_job(self._tenant, job))
        except _Enough:
            return False
        return True


class _Enough(Exception):
    """One step has removed something, and made as many calls as it may."""


class _Clearing:
    """Removes branches from the leaves on, so that what it leaves is found again."""

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
        """Each goes behind all that hangs on it; the last of that together, as it is cheaper."""
        leaves: list[Leaf] = []
        bare: list[Leaf] = []
        try:
            for item in items:
                leaves += self._cleared(branch.hangs_on(item))
                bare.append(Leaf(branch.table, Key(str(item["pk"]), str(item["sk"]))))
        except _Enough:
            self._write(leaves)
            self._write(bare)
            raise
        self._write(leaves)
        self._write(bare)
        self._count(0)

    def _cleared(self, hanging: Iterable[Branch | Leaf]) -> list[Leaf]:
        """Clear the branches; the leaves are left."""
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
            raise _Enough


def _branches(tenant: str, since: datetime, days: int) -> list[Branch]:
    """The same for each step. Credentials go first; subscribers behind what was sent to them."""
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
        Branch(AUDIENCE, keys.topics(tenant), partial(_of_topic, tenant)),
        Branch(AUDIENCE, keys.subscriptions(tenant), partial(_of_subscription, tenant)),
    ]


def _of_configuration(item: Item) -> Iterator[Leaf]:
    """An API key is found by its id alone, too, and a sender's address is taken for all."""
    kind, _, id = str(item["sk"]).partition("#")
    if kind == "KEY":
        yield Leaf(CONFIGURATION, keys.api_key(id))
    elif kind == "SENDER":
        yield Leaf(CONFIGURATION, keys.sender(codecs.load(Sender, str(item["data"])).email))


def _of_dispatch(item: Item) -> Iterator[Leaf]:
    """One that waits for an answer is found by its id alone, too."""
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
    heads = tuple(InvocationSummary(*head) for head in json.loads(str(item["data"])))
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
        yield Leaf(TRAFFIC, keys.cancellation(tenant, head.id))
        yield Leaf(TRAFFIC, keys.invocation(tenant, head.id))


def _of_chunk(tenant: str, accepted_at: datetime, item: Item) -> Iterator[Leaf]:
    """What its account leads to, of subscribers who may be gone by now."""
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
