"""Applications and projects: what they are called, and what switching one does."""

import pytest

from carillon.domain.base.errors import Inactive, Locked
from carillon.domain.intake.triggers import Refused
from carillon.usecases.intake.trigger import accept
from tests import builders as a


def paths(api):
    return [each["application"] for each in api.ok("GET", "/applications")["items"]]


def test_an_application_brings_its_project_along(acme):
    made = acme.ok("POST", "/applications", {"application": "shop/orders", "name": "Orders"})

    assert (made["name"], made["active"], made["locked"]) == ("Orders", True, False)
    assert acme.ok("GET", "/applications/shop/orders") == made
    assert acme.ok("GET", "/applications/shop")["name"] == "shop"
    assert paths(acme) == ["shop", "shop/orders"]


def test_an_event_type_brings_its_application_along(acme):
    event = {"slug": "shipped", "name": "Shipped", "application": "shop/orders"}
    acme.ok("POST", "/event-types", event)
    acme.ok("POST", "/event-types", event | {"slug": "paid"})

    assert paths(acme) == ["shop", "shop/orders"]


def test_an_application_is_taken_once(acme, globex):
    acme.ok("POST", "/applications", {"application": "shop/orders"})

    assert acme("POST", "/applications", {"application": "shop/orders"}).status == 409
    assert globex("GET", "/applications/shop/orders").status == 404
    assert paths(globex) == []


@pytest.mark.parametrize("path", ["", "Shop", "shop/", "/orders", "a/b/c", "shop/*", "shop#1"])
def test_a_path_is_one_slug_or_two(acme, path):
    assert set(acme.problems("POST", "/applications", {"application": path})) == {"application"}


def test_an_application_is_removed_when_it_is_empty(acme):
    acme.ok("POST", "/event-types", {"slug": "paid", "name": "Paid", "application": "shop/orders"})

    assert acme("DELETE", "/applications/shop").status == 409
    assert acme("DELETE", "/applications/shop/orders").status == 409
    acme.ok("DELETE", "/event-types/paid", application="shop/orders")
    acme.ok("DELETE", "/applications/shop/orders")
    acme.ok("DELETE", "/applications/shop")
    assert paths(acme) == []


@pytest.mark.parametrize("place", ["shop", "shop/orders"])
@pytest.mark.parametrize(
    ("switch", "refused"), [({"locked": True}, Locked), ({"active": False}, Inactive)]
)
def test_what_is_switched_off_or_locked_takes_no_events(acme, ports, place, switch, refused):
    acme.ok("POST", "/event-types", {"slug": "paid", "name": "Paid", "application": "shop/orders"})
    trigger = a.trigger("paid", application="shop/orders", recipients=())
    acme.ok("PATCH", f"/applications/{place}", switch)

    [answer] = accept([trigger], ports=ports.of("acme"))

    assert isinstance(answer, Refused)
    assert isinstance(answer.error, refused)


@pytest.mark.parametrize("place", ["shop", "shop/orders"])
def test_what_is_paused_records_its_events_and_delivers_none(acme, ports, place):
    acme.ok("POST", "/event-types", {"slug": "paid", "name": "Paid", "application": "shop/orders"})
    acme.ok("PATCH", f"/applications/{place}", {"paused": True})

    [answer] = accept(
        [a.trigger("paid", application="shop/orders", recipients=())], ports=ports.of("acme")
    )

    assert answer.paused
    assert ports.queues.jobs[0].invocations[0].paused
