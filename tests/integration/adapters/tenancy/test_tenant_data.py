"""All that a tenant has, which is filled here and then removed, in memory and in DynamoDB."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from carillon.adapters.aws import keys
from carillon.adapters.aws.table import Table
from carillon.adapters.tenancy import tenant_data
from carillon.domain.activity.history import entries
from carillon.domain.activity.replays import Replayed
from carillon.domain.audience.contexts import Context
from carillon.domain.audience.erasures import Erasure
from carillon.domain.audience.subscribers import SHARDS
from carillon.domain.audience.topics import Topic
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Changed, Conflict, NotFound
from carillon.domain.base.guards import Guarded
from carillon.domain.catalogue.applications import Application
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.invocations import InvocationSummary, JobPosition, JobSummary
from carillon.domain.delivery.waiting import DUE_SHARDS
from carillon.domain.integrations.senders import Sender
from carillon.domain.subscriptions.subscriptions import Target
from carillon.domain.tenancy.access import DEFAULT_APPLICATION, Tenant
from carillon.ports import Ports
from tests import builders as a
from tests import fakes
from tests.integration.adapters.activity.test_feeds import message
from tests.integration.adapters.delivery.test_chunks import chunk_of, record_of, settle
from tests.integration.adapters.delivery.test_dispatches import awaited, dispatch
from tests.integration.adapters.delivery.test_invocations import job_of, page_of
from tests.integration.adapters.delivery.test_waiting import waiting
from tests.integration.adapters.tenancy.test_tenants import key_of, tenant_called

NOW = fakes.START
SHARD = 3


def fill(world: Ports, tenant: str) -> None:
    """Something of everything that can be kept of a tenant; add yours."""
    world.tenants.add(tenant_called(tenant))
    fill_configuration(world, tenant)
    fill_audience(world, tenant)
    fill_job(world, tenant, "job1", listed=True)
    world.attachments.put(tenant, {"i1/a": b"a", "i1/b": b"b", "i2/a": b"c"})


def sender_of(tenant: str) -> Sender:
    return Sender(email=f"{tenant}@sender.example", created_at=NOW)


def fill_configuration(world: Ports, tenant: str) -> None:
    world.api_keys.add(key_of(tenant, "a"))
    senders = world.guards.see(tenant, Guarded.SENDERS)
    world.senders.add(tenant, sender_of(tenant), seen=senders)
    world.spending.take(tenant, "2026-01", 1, most=1)
    shop = Application(path="shop/web", name="Shop", created_at=NOW, updated_at=NOW)
    catalogue = world.guards.see(tenant, Guarded.CATALOGUE)
    world.applications.add(tenant, shop, seen=catalogue)
    for slug in ("welcome", "bye"):
        words = [a.template(slug)]
        world.event_types.save(tenant, a.event_type(slug), expected=None, templates=words)
    world.integrations.save(tenant, a.webhook())
    context = Context(identifier="c", created_at=NOW, updated_at=NOW)
    world.contexts.save(tenant, context)


def fill_audience(world: Ports, tenant: str) -> None:
    people = [a.subscriber(f"s{n}", email=f"s{n}@acme.example") for n in range(30)]
    world.subscribers.save(tenant, people)
    for key in ("a", "b"):
        topic = Topic(key=key, name=key, created_at=NOW, updated_at=NOW)
        world.topics.save(tenant, topic)
        world.topics.add_members(tenant, key, [p.id for p in people] + ["nobody"])
    world.subscriptions.save(tenant, a.subscription(Target.TOPIC, "a"))
    world.erasures.begin(tenant, Erasure(subscriber="gone", at=NOW, since=NOW))
    world.feeds.add(tenant, message(1, "s1"))
    world.dispatches.start([dispatch(tenant, 1), awaited(tenant, 2)])


def fill_job(world: Ports, tenant: str, id: str, *, listed: bool) -> None:
    """Two invocations, one cancelled, a frozen page, a chunk, and a delivery that waits."""
    job = job_of(tenant, f"{id}-1", f"{id}-2", id=id)
    world.invocations.record(job)
    world.invocations.cancel(tenant, f"{id}-2", NOW)
    again = Replayed(replay="r", invocation="rpl_1", at=NOW, deliveries=("d",))
    world.replays.claim(tenant, f"{id}-1", {"d": again}, again=False)
    world.invocations.freeze_page(page_of(tenant, job=id, invocation=f"{id}-1"), ["s1"])
    gone = f"gone of {id}"  # a subscriber who is removed since
    own = f"{id}-1"
    first = chunk_of(tenant, range=SHARD, job=id)
    waits = record_of(f"{id}-d1", Status.RETRYING, invocation=own)
    told = {
        waits.delivery: replace(waits, subscriber=gone),
        f"{id}-d2": replace(
            record_of(f"{id}-d2", invocation=own), subscriber=gone, channel=Channel.IN_APP
        ),
    }
    [delivery] = first.deliveries
    deliveries = [replace(delivery, id=d, invocation=own, subscriber=gone) for d in told]
    details = {own: first.details["i1"]}
    chunk = replace(first, details=details, deliveries=tuple(deliveries))
    world.history.add(tenant, entries(chunk, chunk.deliveries))
    settle(world, chunk, told)
    world.chunks.claim(replace(chunk, id="email.2"), "a worker that died", NOW)
    one = waiting(tenant, waits.delivery)
    waiter = replace(one.delivery, invocation=own)
    world.waiting.add([replace(one, delivery=waiter).scheduled(NOW)])
    world.feeds.add(tenant, replace(message(0, gone), id=f"{id}-d2", at=NOW))
    if listed:
        world.invocations.enlist(job, {}, ranges=SHARDS)


def tables(world: Ports) -> list[Table]:
    stored: Any = world.of("anybody").data
    return list(stored._tables.values()) if hasattr(stored, "_tables") else []


def _objects(world: Ports, tenant: str) -> list[str]:
    watched: Any = world.of(tenant).attachments
    bucket = watched._port
    pages = bucket._clients.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket._name)
    keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
    return [key for key in keys if key.startswith(f"{tenant}/")]


def left(world: Ports, tenant: str) -> list[str]:
    """All that any store has of the tenant but that its id is taken, looked for everywhere."""
    if not tables(world):
        found: Any = world.tenant_data
        return [*found.left(tenant), *([tenant] if _is_kept(world, tenant) else [])]
    items = [item for table in tables(world) for item in _scanned(table)]
    own = [i for i in items if f"'{tenant}'" in str(i) or _is_own(i, tenant)]
    kept = [str(item) for item in own if item["sk"]["S"] != "TENANT" or "data" in item]
    return kept + _objects(world, tenant)


def _scanned(table: Table) -> list[dict[str, Any]]:
    pages = table._clients.dynamodb.get_paginator("scan").paginate(TableName=table.name)
    return [item for page in pages for item in page["Items"]]


def _is_own(item: dict[str, Any], tenant: str) -> bool:
    pk, sk = item["pk"]["S"], item["sk"]["S"]
    return f"{pk}#".startswith(f"TENANT#{tenant}#") or (pk, sk) == ("TENANTS", tenant)


def _is_kept(world: Ports, tenant: str) -> bool:
    try:
        return bool(world.tenants.get(tenant))
    except NotFound:
        return False


def remove(world: Ports, tenant: str) -> int:
    """All of it, in so many steps."""
    place: int | None = 0
    steps = 0
    while place is not None:
        place = world.tenant_data.remove_some(tenant, NOW, place)
        steps += 1
    return steps


def due_of(world: Ports, tenant: str) -> list[str]:
    found = [
        one
        for shard in range(DUE_SHARDS)
        for one in world.due.due(shard, after=None, until=NOW + timedelta(days=9), limit=500)
    ]
    return [one.key.delivery for one in found if one.tenant == tenant]


def test_nothing_is_left_of_a_tenant_but_its_record_and_all_of_the_other(
    world: Ports, tenant: str, other: str
):
    fill(world, tenant)
    fill(world, other)
    kept = left(world, other)
    assert due_of(world, tenant) == ["job1-d1"]

    remove(world, tenant)
    world.tenants.bury(tenant)

    assert left(world, tenant) == []
    assert due_of(world, tenant) == []
    assert sorted(left(world, other)) == sorted(kept)
    assert due_of(world, other) == ["job1-d1"]
    assert world.api_keys.find(key_of(tenant, "a").id) is None
    nobodys = sender_of(tenant)
    world.senders.add(other, nobodys, seen=world.guards.see(other, Guarded.SENDERS))
    assert world.api_keys.find(key_of(other, "a").id)


def test_filling_reaches_every_key_that_a_tenant_can_have(
    monkeypatch: pytest.MonkeyPatch, world: Ports, tenant: str
):
    """So that what is added to the keys is filled above too, and its removal seen."""
    if not tables(world):
        pytest.skip("the fake has no keys")
    reached = set()
    listings = {keys.jobs, keys.all_templates, keys.dispatches}
    known = {builder for some in tenant_data.COVERED.values() for builder in some}
    for builder in known:

        def spy(*arguments: Any, builder: Any = builder, **named: Any) -> Any:
            reached.add(builder)
            return builder(*arguments, **named)

        monkeypatch.setattr(keys, builder.__name__, spy)

    fill(world, tenant)

    assert known - reached == listings  # read only, of what other keys hold


def test_small_steps_come_to_the_same(monkeypatch: pytest.MonkeyPatch, world: Ports, tenant: str):
    monkeypatch.setattr(tenant_data, "_CALLS", 3)
    monkeypatch.setattr(tenant_data, "_PAGE", 2)
    fill(world, tenant)
    for n in range(3):
        fill_job(world, tenant, f"more{n}", listed=True)

    steps = remove(world, tenant)

    world.tenants.bury(tenant)
    assert steps > 5
    assert left(world, tenant) == []


def test_of_many_attachments_each_step_removes_some(
    monkeypatch: pytest.MonkeyPatch, world: Ports, tenant: str
):
    monkeypatch.setattr("carillon.adapters.aws.bucket._AT_ONCE", 2)
    world.attachments.put(tenant, {f"i1/{n}": b"a" for n in range(5)})

    steps = remove(world, tenant)

    assert steps > 1
    assert left(world, tenant) == []


def test_a_job_that_was_never_listed_is_removed_by_its_message(world: Ports, tenant: str):
    world.tenants.add(tenant_called(tenant))
    fill_job(world, tenant, "lost", listed=False)
    remove(world, tenant)
    assert world.invocations.get(tenant, "lost-1")
    heads = tuple(InvocationSummary(f"lost-{n}", DEFAULT_APPLICATION, "welcome") for n in (1, 2))
    job = JobSummary(id="lost", accepted_at=NOW, invocations=heads, ranges=SHARDS)

    assert world.tenant_data.remove_job(tenant, job)

    world.tenants.bury(tenant)
    assert left(world, tenant) == []
    assert due_of(world, tenant) == []


def test_what_was_accepted_long_ago_is_found_too(world: Ports, tenant: str):
    job = replace(job_of(tenant, "i1"), accepted_at=NOW - timedelta(days=30))
    world.invocations.record(job)
    world.invocations.enlist(job, {}, ranges=1)

    remove(world, tenant)

    begin = NOW - timedelta(days=31)
    upto = JobPosition(NOW)
    assert not world.invocations.jobs(tenant, since=begin, upto=upto, limit=9)
    with pytest.raises(NotFound):
        world.invocations.get(tenant, "i1")


def test_a_deleted_tenants_id_is_never_given_again(world: Ports, tenant: str):
    world.tenants.add(tenant_called(tenant))

    world.tenants.bury(tenant)
    world.tenants.bury(tenant)

    with pytest.raises(NotFound):
        world.tenants.get(tenant)
    with pytest.raises(Changed):
        world.tenants.save(replace(tenant_called(tenant), version=2))
    with pytest.raises(Conflict):
        world.tenants.add(tenant_called(tenant))


def test_who_read_a_tenant_before_its_deletion_cannot_bring_it_back(world: Ports, tenant: str):
    before = tenant_called(tenant)
    world.tenants.add(before)
    deleting = replace(before, active=False, deleting_since=NOW, version=2)
    world.tenants.save(deleting)

    for version in (2, 3):
        with pytest.raises(Changed):
            world.tenants.save(replace(before, name="Another", version=version))

    assert world.tenants.get(tenant) == deleting
    assert isinstance(deleting, Tenant)
