"""Callers who change one thing at the same time: each change is kept, and nobody is turned away."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from carillon.adapters import assembly
from carillon.adapters.aws.clients import Clients
from carillon.domain.base.errors import CarillonError, Conflict
from carillon.domain.catalogue.applications import Application
from carillon.domain.subscriptions.subscriptions import EndpointKind
from carillon.domain.tenancy.access import Tenant
from carillon.usecases.audience import memberships, subscribers, topics
from carillon.usecases.catalogue import applications, event_types
from carillon.usecases.integrations import integrations
from carillon.usecases.integrations.integrations import IntegrationDraft
from carillon.usecases.subscriptions import endpoints
from carillon.usecases.subscriptions.endpoints import EndpointDraft
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


def answers(call, each):
    """What each caller got: the answer, or the error that says no."""

    def asked(one):
        try:
            return call(one)
        except CarillonError as error:
            return error

    return at_once(asked, each)


def test_of_sixteen_who_make_one_integration_one_has_it_and_the_others_are_told(own):
    def create(_):
        settings = {"url": "https://example.com/hook"}
        draft = IntegrationDraft(provider="webhook", identifier="hook", settings=settings)
        return integrations.create(draft, ports=own)

    done = answers(create, range(16))

    assert sum(isinstance(each, Conflict) for each in done) == 15
    [stored] = own.integrations.all()
    assert stored.primary


def test_of_eight_that_are_made_primary_one_is(own):
    def create(_):
        settings = {"url": "https://example.com/hook"}
        draft = IntegrationDraft(provider="webhook", settings=settings, primary=True)
        return integrations.create(draft, ports=own)

    done = answers(create, range(8))

    assert not [each for each in done if isinstance(each, CarillonError)]
    assert sum(one.primary for one in own.integrations.all()) == 1


def test_of_twelve_who_would_answer_one_trigger_one_does(own):
    own.event_types.save(a.event_type("ask", output_schema={"type": "object"}), expected=None)

    def create(n):
        draft = EndpointDraft(
            event="ask",
            name=f"{n}",
            endpoint=EndpointKind.HTTP,
            settings={"endpoint": f"https://example.com/{n}"},
            defaults={"callback": "https://api.example.com"},
        )
        return endpoints.create(draft, application="default/default", ports=own)

    done = answers(create, range(12))

    assert sum(isinstance(each, Conflict) for each in done) == 11
    assert len(own.subscriptions.for_event("default/default", "ask")) == 1
    assert len(own.integrations.all()) == 1


def test_an_application_keeps_what_each_caller_has_changed(own):
    application = Application(path="shop", name="Shop", created_at=a.NOW, updated_at=a.NOW)
    applications.create(application, ports=own)
    changes = [{"locked": True}, {"paused": True}, {"active": False}, {"description": "Ours"}]

    at_once(lambda each: applications.change("shop", each, ports=own), changes)

    stored = own.applications.get("shop")
    assert (stored.locked, stored.paused, stored.active) == (True, True, False)
    assert stored.description == "Ours"


def test_who_joins_a_topic_that_is_removed_is_in_it_or_in_none(own):
    people = [a.subscriber(f"p{n}") for n in range(8)]
    own.subscribers.save(people)
    topics.create("team", None, ports=own)

    def act(n):
        if n == 4:
            return topics.remove("team", ports=own)
        return memberships.add("team", [f"p{n}"], ports=own)

    answers(act, range(8))

    assert not [one for one in people if own.topics.count_topics_of(one.id).total]
