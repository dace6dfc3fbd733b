"""Domains that mails may come from, and where their bounces go: each is one tenant's alone."""

import re
from functools import partial
from importlib import import_module

import pytest
from sailpoint.notifications.models.dkim_attributes import DkimAttributes
from sailpoint.notifications.models.domain_status_dto import DomainStatusDto
from sailpoint.notifications.models.mail_from_attributes import MailFromAttributes

from carillon.dialects.sailpoint.schemas.senders import DomainResponse
from carillon.domain.base.errors import Unavailable
from carillon.domain.integrations.senders import MOST, Verification
from carillon.domain.tenancy.access import Scope
from tests import fakes, gateway

DOMAIN = "example.com"
STATUSES = {"PENDING", "SUCCESS", "FAILED", "NA"}


@pytest.fixture
def ports():
    with gateway.using(fakes.ports()) as world:
        yield world


def ask(key, method, path, body=None, version="v2026"):
    name, _, rest = path.strip("/").partition("/")
    given = ({"version": version} if version else {}) | ({"proxy": rest} if rest else {})
    handler = import_module(f"functions.sailpoint.{name.replace('-', '_')}.app").handler
    bearer = {"authorization": f"Bearer {key}"}
    return gateway.call(handler, method, path, body, path_parameters=given, **bearer)


@pytest.fixture
def acme(ports):
    return partial(ask, gateway.issue_key(ports, "acme", *Scope))


@pytest.fixture
def globex(ports):
    return partial(ask, gateway.issue_key(ports, "globex", *Scope))


def add(api, domain=DOMAIN):
    return api("POST", "/verified-domains", {"domain": domain})


def bounce(api, identity=DOMAIN, domain="bounces.example.com"):
    body = {"identity": identity, "mailFromDomain": domain}
    return api("PUT", "/mail-from-attributes", body)


def test_a_domain_is_verified_by_the_tokens_in_its_dns(acme, ports):
    added = add(acme, "Example.com")

    assert added.status == 200
    assert added.json == {
        "id": added.json["id"],
        "domain": DOMAIN,
        "dkimEnabled": True,
        "dkimTokens": ["token1", "token2", "token3"],
        "dkimVerificationStatus": "PENDING",
        "region": "us-east-1",
    }
    ports.identities.known[DOMAIN] = Verification.SUCCESS
    [listed] = acme("GET", "/verified-domains").json
    shown = {**added.json, "address": added.json["domain"], "dkimVerificationStatus": "SUCCESS"}
    assert listed == {name: value for name, value in shown.items() if name != "domain"}
    assert acme("GET", "/verified-from-addresses").json == []
    assert add(acme).json["id"] == added.json["id"]


def test_the_clients_own_models_read_the_answers(acme):
    assert DomainStatusDto.from_dict(add(acme).json).dkim_tokens
    [listed] = acme("GET", "/verified-domains", version=None).json
    assert DkimAttributes.from_dict(listed).address == DOMAIN
    assert MailFromAttributes.from_dict(bounce(acme).json).mx_record


def test_a_domain_is_one_tenants_alone(acme, globex, ports):
    add(acme)

    for domain in (DOMAIN, "mail.example.com"):
        answer = add(globex, domain)
        assert (answer.status, answer.json["detailCode"]) == (400, "400.1.409 Reference conflict")
    mail = globex("POST", "/verified-from-addresses", {"email": "hello@mail.example.com"})
    assert mail.status == 400
    assert globex("GET", "/verified-domains").json == []
    assert bounce(globex).status == 404
    assert globex("GET", f"/mail-from-attributes/{DOMAIN}").status == 404
    assert ports.identities.bounces == {}


def test_the_installations_own_domain_is_no_tenants_nor_what_is_in_it(acme, ports):
    ports.identities.known["carillon.example"] = Verification.SUCCESS

    assert add(acme, "carillon.example").status == 400
    assert add(acme, "tenants.carillon.example").status == 400
    mail = acme("POST", "/verified-from-addresses", {"email": "boss@carillon.example"})
    assert (mail.status, mail.json["detailCode"]) == (400, "400.1.409 Reference conflict")
    assert set(ports.identities.known) == {"carillon.example"}


def test_an_address_of_a_verified_domain_needs_no_mail_with_a_link(acme, ports):
    add(acme)
    waiting = acme("POST", "/verified-from-addresses", {"email": "early@example.com"}).json
    ports.identities.known[DOMAIN] = Verification.SUCCESS

    added = acme("POST", "/verified-from-addresses", {"email": "hello@example.com"}).json

    assert (waiting["isVerifiedByDomain"], waiting["verificationStatus"]) == (False, "PENDING")
    assert (added["isVerifiedByDomain"], added["verificationStatus"]) == (True, "SUCCESS")
    assert "hello@example.com" not in ports.identities.known
    assert acme("DELETE", f"/verified-from-addresses/{added['id']}").status == 204
    domain = acme("GET", "/verified-domains").json[0]
    assert acme("DELETE", f"/verified-from-addresses/{domain['id']}").status == 404


def test_what_the_mail_service_does_not_take_is_not_kept(acme, ports, monkeypatch):
    def busy(_):
        raise Unavailable("SES is not available")

    monkeypatch.setattr(ports.identities, "add", busy)

    assert add(acme).status == 503
    assert acme("GET", "/verified-domains").json == []


@pytest.mark.parametrize(
    "domain",
    [
        "",
        "com",
        "a b.com",
        "-a.com",
        "a-.com",
        "a@b.com",
        "exämple.com",
        "1.2.3.4",
        "x" * 64 + ".com",
        "a.com\n",
        ".com",
        7,
        None,
    ],
)
def test_what_is_no_domain_is_refused(acme, domain):
    assert add(acme, domain).status == 400
    if domain != "":
        assert bounce(acme, domain=domain).status in {400, 404}


def test_a_tenant_has_so_many_senders_at_most(acme):
    for number in range(MOST):
        assert add(acme, f"d{number}.example").status == 200

    assert add(acme).json["detailCode"] == "400.1.4 Limit violation"


@pytest.mark.parametrize("identity", [DOMAIN, "hello@example.com"])
def test_bounces_go_to_a_subdomain_with_records_for_its_dns(acme, ports, identity):
    acme("POST", "/verified-from-addresses", {"email": "hello@example.com"})
    add(acme)

    before = acme("GET", f"/mail-from-attributes/{identity}").json
    put = bounce(acme, identity)

    assert (before["mailFromDomain"], before["mxRecord"]) == ("", "")
    assert put.json == {
        "identity": identity,
        "mailFromDomain": "bounces.example.com",
        "mxRecord": "10 feedback-smtp.us-east-1.amazonses.com",
        "txtRecord": "v=spf1 include:amazonses.com ~all",
        "mailFromDomainStatus": "PENDING",
    }
    assert acme("GET", f"/mail-from-attributes/v1/{identity}", version=None).json == put.json
    assert bounce(acme, identity, "").json == before


@pytest.mark.parametrize("domain", ["example.com", "bounces.example.org", "badexample.com"])
def test_bounces_go_nowhere_else(acme, domain):
    add(acme)

    answer = bounce(acme, domain=domain)

    assert answer.status == 400
    assert "mailFromDomain must be a subdomain of example.com" in answer.text


def test_what_has_no_identity_has_no_bounces_of_its_own(acme, ports):
    add(acme)
    ports.identities.known[DOMAIN] = Verification.SUCCESS
    acme("POST", "/verified-from-addresses", {"email": "hello@example.com"})

    assert bounce(acme, "hello@example.com").status == 404
    assert acme("GET", "/mail-from-attributes/hello@example.com").status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/mail-from-attributes"),
        ("PUT", "/mail-from-attributes/example.com"),
    ],
)
def test_there_is_nothing_at_other_paths(acme, method, path):
    body = {"domain": DOMAIN, "identity": DOMAIN, "mailFromDomain": "bounces.example.com"}

    assert acme(method, path, body).status == 404


def test_statuses_are_those_that_are_published():
    schema = str(DomainResponse.model_json_schema())

    assert set(re.findall(r"'([A-Z]+)'", schema)) == STATUSES
