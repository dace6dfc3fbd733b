"""Tenants and API keys, in memory and in DynamoDB."""

from dataclasses import replace

import pytest

from carillon.domain.base.errors import Changed, Conflict, Invalid, NotFound
from carillon.domain.tenancy.access import ApiKey, Scope, Tenant
from carillon.ports import Ports
from tests import fakes
from tests.integration.adapters.walking import walk


def tenant_called(id: str) -> Tenant:
    return Tenant(id=id, name="Ünïcode & Co", created_at=fakes.START)


def key_of(tenant: str, id: str) -> ApiKey:
    return ApiKey(
        id=f"{tenant}-{id}",
        tenant=tenant,
        name="ci",
        digest="0" * 64,
        scopes=frozenset({Scope.EVENT_TRIGGER, Scope.ADMIN}),
        created_at=fakes.START,
        application="shop/orders",
        expires_at=fakes.START,
    )


def test_a_tenant_is_what_was_added(world: Ports, tenant: str):
    world.tenants.add(tenant_called(tenant))

    assert world.tenants.get(tenant) == tenant_called(tenant)


def test_a_tenants_own_record_is_what_was_added(world: Ports, tenant: str):
    world.tenants.add(tenant_called(tenant))
    own = world.of(tenant).record

    own.refresh(since=fakes.START)

    assert own.get() == tenant_called(tenant)


def test_a_tenants_id_is_taken_once(world: Ports, tenant: str):
    world.tenants.add(tenant_called(tenant))

    with pytest.raises(Conflict):
        world.tenants.add(tenant_called(tenant))


def test_a_saved_tenant_replaces_the_old_one_and_its_place_in_the_list(world: Ports, tenant: str):
    world.tenants.add(tenant_called(tenant))
    changed = replace(tenant_called(tenant), active=False, version=2)

    world.tenants.save(changed)

    assert world.tenants.get(tenant) == changed
    assert [t for t in walk(world.tenants.list, 50) if t.id == tenant] == [changed]


def test_an_unknown_tenant_is_not_found(world: Ports, tenant: str):
    with pytest.raises(NotFound):
        world.tenants.get(tenant)
    with pytest.raises(Changed):
        world.tenants.save(replace(tenant_called(tenant), version=2))


def test_pages_of_tenants_hold_each_once(world: Ports, tenant: str):
    ids = [f"{tenant}-{n}" for n in range(5)]
    for id in ids:
        world.tenants.add(tenant_called(id))

    listed = [t.id for t in walk(world.tenants.list, 2)]

    assert sorted(listed) == sorted(set(listed))
    assert set(ids) <= set(listed)


def test_a_key_is_found_by_its_id_alone(world: Ports, tenant: str):
    key = key_of(tenant, "a")

    world.api_keys.add(key)

    assert world.api_keys.find(key.id) == key
    assert world.api_keys.find(f"{tenant}-b") is None


def test_a_keys_id_is_taken_once_even_by_another_tenant(world: Ports, tenant: str, other: str):
    key = key_of(tenant, "a")
    world.api_keys.add(key)

    with pytest.raises(Conflict):
        world.api_keys.add(replace(key, tenant=other))

    assert world.api_keys.find(key.id) == key
    assert walk(lambda c, n: world.api_keys.list(other, c, n), 10) == []


def test_a_removed_key_is_neither_found_nor_listed(world: Ports, tenant: str):
    gone, kept = key_of(tenant, "a"), key_of(tenant, "b")
    world.api_keys.add(gone)
    world.api_keys.add(kept)

    world.api_keys.remove(tenant, gone.id)

    assert world.api_keys.find(gone.id) is None
    assert walk(lambda c, n: world.api_keys.list(tenant, c, n), 10) == [kept]


def test_another_tenants_key_cannot_be_removed(world: Ports, tenant: str, other: str):
    key = key_of(tenant, "a")
    world.api_keys.add(key)

    with pytest.raises(NotFound):
        world.api_keys.remove(other, key.id)
    with pytest.raises(NotFound):
        world.api_keys.remove(tenant, "no-such")

    assert world.api_keys.find(key.id) == key


def test_pages_of_keys_hold_each_of_the_tenant_once(world: Ports, tenant: str, other: str):
    for id in "abcde":
        world.api_keys.add(key_of(tenant, id))
    world.api_keys.add(key_of(other, "a"))

    listed = walk(lambda c, n: world.api_keys.list(tenant, c, n), 2)

    assert [key.id for key in listed] == [f"{tenant}-{id}" for id in "abcde"]


def test_a_cursor_of_another_tenant_is_invalid(world: Ports, tenant: str, other: str):
    for id in "abc":
        world.api_keys.add(key_of(tenant, id))
    cursor = world.api_keys.list(tenant, None, 2).cursor

    with pytest.raises(Invalid):
        world.api_keys.list(other, cursor, 2)


@pytest.mark.parametrize("cursor", ["", "x", "ümlaut", "e30", "WyJhIl0", "A" * 5000, "[" * 9999])
def test_what_is_no_cursor_is_invalid(world: Ports, tenant: str, cursor: str):
    with pytest.raises(Invalid):
        world.api_keys.list(tenant, cursor, 2)


def test_a_tenant_is_changed_from_what_is_stored_alone(world: Ports, tenant: str):
    known = tenant_called(tenant)
    world.tenants.add(known)
    off = replace(known, active=False, version=2)
    world.tenants.save(off)

    with pytest.raises(Changed):
        world.tenants.save(replace(known, name="other", version=2))

    assert world.tenants.get(tenant) == off
    renamed = replace(off, name="other", version=3)
    world.tenants.save(renamed)
    assert world.tenants.get(tenant) == renamed
