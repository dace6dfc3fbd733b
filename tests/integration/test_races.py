"""Callers who change one thing at the same time: each change is kept, and nobody is turned away."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from carillon.adapters import assembly
from carillon.adapters.aws.clients import Clients
from carillon.domain.tenancy.access import Tenant
from carillon.usecases.audience import subscribers
from carillon.usecases.catalogue import event_types
from carillon.usecases.tenancy import tenants
from tests import builders as a
from tests import fakes
from tests.integration.conftest import environment_of

CALLERS = 8
FIELDS = ("email", "phone", "first_name", "last_name", "avatar", "locale", "timezone")
SAID = {"email": "ana@example.com", "phone": "+41790000000", "locale": "de-CH"}


@pytest.fixture
def installed(ministack_clients, tenant):
    """A tenant and the ports on an emulator, which several threads may use at once."""
    clients = Clients(**ministack_clients.options)
    environment = environment_of(clients)
    world = fakes.ports()
    injected = ("providers", "egress", "renderer", "schemas", "filters", "clock")
    ports = assembly.ports(
        assembly.Tables.named(clients, environment),
        clients,
        environment,
        fresh=True,
        **{name: getattr(world, name) for name in injected},
    )
    ports.tenants.add(Tenant(id=tenant, name=tenant, created_at=fakes.START, senders=("*",)))
    return ports


@pytest.fixture
def own(installed, tenant):
    return installed.of(tenant)


def at_once(call, each):
    """Call with each of them, by as many callers at a time as there are."""
    with ThreadPoolExecutor(CALLERS) as callers:
        return list(callers.map(call, each))


def test_of_sixteen_who_say_something_of_one_subscriber_none_is_told_to_come_again(own):
    def say(n):
        field = FIELDS[n % len(FIELDS)]
        said = {field: SAID.get(field, f"{field}{n // len(FIELDS)}")}
        return subscribers.create(a.person("ana", **said), ports=own)

    done = at_once(say, range(16))

    assert sum(is_new for _, is_new in done) == 1
    [ana] = own.subscribers.get_many(["ana"]).values()
    assert None not in [getattr(ana, field) for field in FIELDS]


def test_of_sixteen_who_change_one_event_type_each_is_heard(own):
    own.event_types.save(a.event_type("welcome"), expected=None)

    def change(n):
        def tagged(event):
            return replace(event, tags=(*event.tags, f"t{n}"))

        return event_types.save_next("default/default", "welcome", tagged, ports=own)

    at_once(change, range(16))

    event = own.event_types.get("default/default", "welcome")
    assert sorted(event.tags) == sorted(f"t{n}" for n in range(16))


def test_a_tenant_that_is_switched_off_while_others_rename_it_is_off(installed, tenant):
    changes = [{"active": False}, *({"name": f"n{n}"} for n in range(7))]

    at_once(lambda each: tenants.change(tenant, each, ports=installed), changes)

    stored = installed.tenants.get(tenant)
    assert not stored.active
    assert stored.name.startswith("n")
