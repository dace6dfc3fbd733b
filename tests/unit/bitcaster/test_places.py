"""What there is: organization, projects, applications, channels; each as far as a key reaches."""

import re

import pytest

from carillon.dialects.bitcaster.paths import ENDPOINTS
from carillon.domain.catalogue.applications import Application
from carillon.domain.tenancy.access import KeyReach, Scope
from tests import builders as a
from tests.unit.bitcaster.conftest import Api

ORG = "/api/o/acme"


@pytest.fixture(autouse=True)
def applications(ports):
    for path in ("shop", "shop/orders", "shop/web", "news", "news/mail"):
        made = Application(path=path, name=path.title(), created_at=a.NOW, updated_at=a.NOW)
        ports.applications.add(a.TENANT, made)


def slugs(found):
    return [each["slug"] for each in found]


@pytest.mark.parametrize("path", [ORG, f"{ORG}/"])
def test_an_organization_tells_where_its_parts_are(api, path):
    assert api.ok("GET", path) == {
        "name": "acme",
        "slug": "acme",
        "users": "https:///api/o/acme/u/",
        "projects": "https:///api/o/acme/p/",
        "channels": "https:///api/o/acme/c/",
    }


def test_projects_are_listed_as_far_as_the_key_reaches(as_key):
    reached = {
        reach: slugs(as_key(reach=reach).ok("GET", f"{ORG}/p/"))
        for reach in (KeyReach.APPLICATION, KeyReach.ORGANIZATION)
    }

    assert reached == {KeyReach.APPLICATION: ["shop"], KeyReach.ORGANIZATION: ["news", "shop"]}


def test_applications_are_listed_as_far_as_the_key_reaches(as_key):
    reached = {
        reach: slugs(as_key(reach=reach).ok("GET", f"{ORG}/p/shop/a"))
        for reach in (KeyReach.APPLICATION, KeyReach.PROJECT)
    }

    assert reached == {KeyReach.APPLICATION: ["orders"], KeyReach.PROJECT: ["orders", "web"]}


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_project_and_an_application_are_found_by_their_slugs(wide, slash):
    assert wide.ok("GET", f"{ORG}/p/news{slash}")["name"] == "News"
    assert wide.ok("GET", f"{ORG}/p/news/a/mail{slash}") == {
        "name": "News/Mail",
        "slug": "mail",
        "events": "https:///api/o/acme/p/news/a/mail/e/",
    }


@pytest.mark.parametrize("path", ["p/nope/", "p/nope/a/", "p/shop/a/nope/", "p/shop/x/y/"])
def test_what_is_not_there_is_not_found(wide, path):
    answer = wide("GET", f"{ORG}/{path}")

    assert (answer.status, answer.json) == (404, {"detail": "Not found."})


def test_a_keys_own_application_is_there_for_it(as_key):
    fresh = as_key(application="lab/probe")

    assert slugs(fresh.ok("GET", f"{ORG}/p/")) == ["lab"]
    assert slugs(fresh.ok("GET", f"{ORG}/p/lab/a/")) == ["probe"]


@pytest.mark.parametrize("place", [ORG, f"{ORG}/p/shop"])
def test_channels_are_the_tenants_integrations(api, ports, place):
    ports.integrations.put(a.TENANT, a.webhook(name="Order system", active=False))

    ses, slack, webhook = api.ok("GET", f"{place}/c/")

    assert ses == {
        "id": "int_ses",
        "name": "ses",
        "protocol": "EMAIL",
        "dispatcher": "ses",
        "locked": False,
    }
    assert slack["protocol"] == "CHAT"
    assert (webhook["name"], webhook["locked"]) == ("Order system", True)
    assert api.ok("GET", f"{place}/c/int_ses/") == api.ok("GET", f"{place}/c/int_ses") == ses
    assert api("GET", f"{place}/c/nope/").status == 404


def test_a_key_must_be_granted_what_it_reads(as_key):
    audience = as_key(Scope.AUDIENCE)
    triggering = as_key(Scope.EVENT_TRIGGER)

    assert audience("GET", f"{ORG}/p/").status == 403
    assert audience("GET", f"{ORG}/u/").status == 200
    assert triggering("GET", f"{ORG}/u/").status == 403
    assert triggering("GET", f"{ORG}/c/").status == 403


def paths():
    """Every path of an organization, with a word in each of its places."""
    words = {"org": "acme", "prj": "shop", "app": "orders", "evt": "paid"}
    for route in ENDPOINTS:
        if route.startswith("/api/o/"):
            yield re.sub(r"\{(\w+)\}", lambda found: words.get(found[1], "x"), route) + "/"


@pytest.mark.parametrize("path", sorted(paths()))
def test_every_path_is_refused_to_the_key_of_another_organization(as_key, path):
    stranger = as_key(tenant="globex", reach=KeyReach.ORGANIZATION)

    for method in ("GET", "POST", "PATCH", "PUT"):
        answer = stranger(method, path, {})
        if answer.status != 405:
            assert (answer.status, answer.json) == (
                404,
                {"detail": "Not found."},
            )


@pytest.mark.parametrize("path", sorted(paths()))
def test_every_path_asks_for_a_key(stranger, path):
    answer = stranger("GET", path)

    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Key"
    assert isinstance(stranger, Api)
