"""Novu's tenants, which are our contexts, through the functions as API Gateway calls them."""

import pytest

from carillon.domain.audience.contexts import Context
from carillon.domain.tenancy.access import Scope
from functions.novu.tenant.app import handler as one
from functions.novu.tenants.app import handler as many
from tests import builders as a
from tests import gateway

NORTH = {"identifier": "north", "name": "North", "data": {"plan": "gold"}}


@pytest.fixture
def ports():
    with gateway.using(a.world()) as ports:
        yield ports


@pytest.fixture
def call(ports):
    key = gateway.issue_key(ports, a.TENANT, Scope.AUDIENCE)

    def call(method, body=None, *, query=None, **named):
        handler, path = (one, "/v1/tenants/x") if named else (many, "/v1/tenants")
        return gateway.call(
            handler,
            method,
            path,
            body,
            path_parameters=named,
            query=query,
            authorization=f"ApiKey {key}",
        )

    return call


def test_a_tenant_is_made_once(call, ports):
    made, again = call("POST", NORTH), call("POST", {**NORTH, "name": "Late"})

    assert made.status == 201
    assert made.json["data"].items() >= {**NORTH, "_id": "north", "_environmentId": "acme"}.items()
    assert again.status == 409
    assert again.json["message"] == (
        "Tenant with identifier: north already exists under environment acme"
    )
    assert ports.contexts.get_many(a.TENANT, ["north"])["north"].name == "North"


def test_what_is_not_said_of_a_tenant_stays(call):
    call("POST", NORTH)

    answer = call("PATCH", {"name": "New", "data": None}, identifier="north")

    assert answer.json["data"]["name"] == "New"
    assert answer.json["data"]["data"] == {"plan": "gold"}


def test_a_tenant_moves_to_another_identifier_if_it_is_free(call, ports):
    call("POST", NORTH)
    call("POST", {**NORTH, "identifier": "south"})

    taken = call("PATCH", {"identifier": "south"}, identifier="north")
    moved = call("PATCH", {"identifier": "east"}, identifier="north")

    assert (taken.status, moved.status) == (409, 200)
    assert moved.json["data"]["identifier"] == "east"
    assert set(ports.contexts.by_tenant[a.TENANT]) == {"east", "south"}


def test_pages_of_tenants_hold_each_once(call, ports):
    for n in range(5):
        context = Context(identifier=f"t{n}", created_at=a.NOW, updated_at=a.NOW)
        ports.contexts.put(a.TENANT, context)

    pages = [call("GET", query={"page": str(n), "limit": "2"}).json for n in range(4)]

    assert [[t["identifier"] for t in page["data"]] for page in pages] == [
        ["t0", "t1"],
        ["t2", "t3"],
        ["t4"],
        [],
    ]
    assert [page["hasMore"] for page in pages] == [True, True, False, False]


def test_a_removed_tenant_is_gone(call):
    call("POST", NORTH)

    assert call("DELETE", identifier="north").status == 204
    assert call("GET", identifier="north").status == 404


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/tenants"), ("PATCH", "/v1/tenants/north")]
)
def test_data_too_large_to_travel_with_events_is_refused(acme, method, path):
    acme.ok("POST", "/v1/tenants", {"identifier": "north", "name": "North"})
    body = {"identifier": "big", "name": "Big", "data": {"logo": "x" * 33_000}}

    answer = acme(method, path, body)

    assert (answer.status, list(answer.json["errors"])) == (422, ["data"])
