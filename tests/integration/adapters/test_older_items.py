"""Items written before there were tallies, sizes and topics: counted all the same."""

import pytest

from carillon.adapters import aws, bulk, keys
from carillon.adapters.table import Table
from carillon.domain.deliveries import Status
from carillon.domain.invocations import FrozenPage
from carillon.domain.subscribers import SHARDS
from tests import fakes
from tests.integration.adapters import test_chunks as chunks
from tests.integration.adapters import test_invocations as invocations
from tests.integration.adapters import test_waiting as waiting


@pytest.fixture
def stores(clients):
    return aws.stores(
        clients,
        tenants_table="TenantsTable",
        subscriptions_table="SubscriptionsTable",
        invocations_table="InvocationsTable",
        retention_days=30,
        lease_seconds=90,
        write=bulk.singly,
    )


@pytest.fixture
def without(clients):
    """Take an attribute away from an item."""
    table = Table(clients, "InvocationsTable")

    def take(key, attribute):
        table.update(key, f"REMOVE #{attribute}", f"attribute_exists(#{attribute})", {})

    return take


def test_a_chunk_without_a_tally_is_counted_from_its_account(stores, tenant, without):
    for id in ("email.1", "email.2"):
        chunks.settle(stores, chunks.chunk_of(tenant, id), chunks.account(f"d-{id}"))
    without(keys.within(keys.chunks(tenant, "job1", 0), "email.1"), "tally")

    assert stores.chunks.tally(tenant, "job1", "i1") == {Status.SENT: 2}


def test_a_waiting_delivery_without_a_status_is_counted_from_its_account(stores, tenant, without):
    stores.waiting.add([waiting.waiting(tenant, "dlv_1"), waiting.waiting(tenant, "dlv_2")])
    without(keys.waiting_delivery(tenant, "i#1", "dlv_1"), "status")

    assert stores.waiting.tally(tenant, "i#1") == {Status.RETRYING: 2}


def test_a_page_without_a_size_is_counted_by_its_members(stores, tenant, without):
    page = invocations.page_of(tenant)
    stores.invocations.freeze_page(page, ["a", "b"])
    without(keys.page(page), "size")

    assert stores.invocations.frozen_pages(tenant, "i1") == [FrozenPage("a", 3, 2)]


def test_an_invocation_without_topics_is_one_of_which_they_are_not_known(stores, tenant, without):
    job = invocations.job_of(tenant, "i1")
    stores.invocations.record(job, {"i1": ["a"]})
    without(keys.invocation(tenant, "i1"), "topics")
    without(keys.job(tenant, job.id, job.accepted_at), "ranges")

    assert stores.invocations.get(tenant, "i1").topics is None
    assert list(stores.invocations.record(job, {"i1": ["b"]})["i1"]) == ["b"]
    [head] = stores.invocations.jobs(
        tenant, since=fakes.START, upto=invocations.JobPlace(fakes.START, "~"), limit=9
    )
    assert head.ranges == SHARDS
