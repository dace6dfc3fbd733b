"""Addresses that mails may come from: verified by the mail service, each one tenant's alone."""

from functools import partial

import pytest

from carillon.domain.base.errors import Unavailable
from carillon.domain.integrations.senders import MOST, Verification
from carillon.domain.tenancy.access import Scope
from functions.sailpoint.verified_from_addresses.app import handler
from tests import fakes, gateway

PATH = "/v2026/verified-from-addresses"
EMAIL = "hello@example.com"


@pytest.fixture
def ports():
    with gateway.using(fakes.ports()) as world:
        yield world


def ask(key, method, id="", body=None, version="v2026", **query):
    given = ({"version": version} if version else {}) | ({"proxy": id} if id else {})
    bearer = {"authorization": f"Bearer {key}"}
    return gateway.call(handler, method, PATH, body, path_parameters=given, query=query, **bearer)


@pytest.fixture
def acme(ports):
    return partial(ask, gateway.issue_key(ports, "acme", *Scope))


@pytest.fixture
def globex(ports):
    return partial(ask, gateway.issue_key(ports, "globex", *Scope))


def test_an_address_waits_for_its_owner_to_answer(acme, ports):
    added = acme("POST", body={"email": "Hello@Example.com"})

    assert added.status == 201
    assert added.json == {
        "id": added.json["id"],
        "email": EMAIL,
        "isVerifiedByDomain": False,
        "verificationStatus": "PENDING",
        "region": "us-east-1",
    }
    ports.identities.known[EMAIL] = Verification.SUCCESS
    [listed] = acme("GET").json
    assert listed == added.json | {"verificationStatus": "SUCCESS"}


def test_one_that_is_removed_is_forgotten_by_the_mail_service_too(acme, ports):
    id = acme("POST", body={"email": EMAIL}).json["id"]

    assert acme("DELETE", id).status == 204

    assert acme("GET").json == []
    assert not ports.identities.known
    assert acme("DELETE", id).status == 404


@pytest.mark.parametrize("version", ["beta", "v2026", ""])
def test_every_spelling_is_the_same(acme, version):
    id = acme("POST", body={"email": EMAIL}, version=version).json["id"]

    assert len(acme("GET", "" if version else "v1", version=version).json) == 1
    path = id if version else f"v1/{id}"
    assert acme("DELETE", path, version=version).status == 204
    assert acme("GET", "else", version=version).status == 404


def test_another_tenants_address_is_neither_seen_nor_taken(acme, globex, ports):
    id = acme("POST", body={"email": EMAIL}).json["id"]

    assert globex("GET").json == []
    assert globex("DELETE", id).status == 404
    taken = globex("POST", body={"email": EMAIL})
    assert (taken.status, taken.json["detailCode"]) == (400, "400.1.409 Reference conflict")
    assert ports.identities.known == {EMAIL: Verification.PENDING}


def test_an_address_of_the_installation_itself_is_nobodys_to_take(acme, ports):
    ports.identities.known[EMAIL] = Verification.SUCCESS

    assert acme("POST", body={"email": EMAIL}).status == 400

    assert acme("GET").json == []
    assert ports.identities.known == {EMAIL: Verification.SUCCESS}


def test_what_the_mail_service_did_not_take_is_not_kept(acme, ports, monkeypatch):
    def busy(_):
        raise Unavailable("SES is not available")

    monkeypatch.setattr(ports.identities, "add", busy)

    assert acme("POST", body={"email": EMAIL}).status == 503
    assert acme("GET").json == []


@pytest.mark.parametrize("body", [{}, {"email": "nobody"}, {"email": 7}, {"email": "a@b\r\nc"}])
def test_what_is_no_address_is_refused(acme, body):
    assert acme("POST", body=body).status == 400


def test_a_tenant_has_so_many_at_most(acme):
    for number in range(MOST):
        assert acme("POST", body={"email": f"{number}@example.com"}).status == 201

    assert acme("POST", body={"email": EMAIL}).json["detailCode"] == "400.1.4 Limit violation"


def test_they_are_filtered_sorted_and_counted(acme):
    for name in "cab":
        acme("POST", body={"email": f"{name}@example.com"})

    found = acme("GET", filters='email ge "b@example.com"', sorters="-email", count="true")

    assert [row["email"][0] for row in found.json] == ["c", "b"]
    assert found.headers["x-total-count"] == "2"
