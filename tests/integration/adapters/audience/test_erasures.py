"""Deleted subscribers, in memory and in DynamoDB."""

from dataclasses import replace
from datetime import timedelta

from carillon.domain.audience.erasures import Erasure
from carillon.domain.tenancy.access import Tenant
from carillon.ports import Ports
from tests import fakes

AT = fakes.START + timedelta(days=1, microseconds=3)
LATER = AT + timedelta(microseconds=1)


def erasure(subscriber: str = "ana#1", **fields: object) -> Erasure:
    return replace(Erasure(subscriber=subscriber, at=AT, since=fakes.START), **fields)  # type: ignore[arg-type]


def test_an_erasure_is_known_by_its_subscriber(world: Ports, tenant: str, other: str):
    world.erasures.begin(tenant, erasure())
    world.erasures.begin(tenant, erasure("ben", at=LATER))

    assert world.erasures.get_many(tenant, ["ana#1", "ben", "eve"]) == {
        "ana#1": erasure(),
        "ben": erasure("ben", at=LATER),
    }
    assert world.erasures.get_many(other, ["ana#1"]) == {}


def test_a_tenants_record_says_when_somebody_was_last_deleted(world: Ports, tenant: str):
    world.tenants.add(Tenant(id=tenant, name="one", created_at=fakes.START))
    assert world.of(tenant).record.get().erased_at is None

    world.erasures.begin(tenant, erasure(at=LATER))
    world.erasures.begin(tenant, erasure("ben", at=AT))

    assert world.of(tenant).record.get().erased_at == LATER
    world.tenants.save(replace(world.tenants.get(tenant), name="two", version=2))
    record = world.of(tenant).record.get()
    assert (record.name, record.erased_at) == ("two", LATER)


def test_of_a_tenant_that_is_gone_no_record_is_made(world: Ports, tenant: str):
    world.erasures.begin(tenant, erasure())

    assert world.tenants.list(None, 1000).items == [
        one for one in world.tenants.list(None, 1000).items if one.id != tenant
    ]


def test_an_erasure_is_done_once_it_is_finished(world: Ports, tenant: str):
    world.erasures.begin(tenant, erasure())
    done = erasure(done_at=LATER)

    world.erasures.finish(tenant, done)

    assert world.erasures.get_many(tenant, ["ana#1"]) == {"ana#1": done}


def test_a_later_deletion_of_the_id_takes_the_place_of_an_earlier_one(world: Ports, tenant: str):
    world.erasures.begin(tenant, erasure(done_at=AT))

    world.erasures.begin(tenant, erasure(at=LATER))
    world.erasures.finish(tenant, erasure(done_at=LATER))
    world.erasures.begin(tenant, erasure())

    assert world.erasures.get_many(tenant, ["ana#1"]) == {"ana#1": erasure(at=LATER)}
