"""Subscriptions and notification types: who hears of what, and what may not be left."""

from dataclasses import replace

import pytest

from carillon.domain.catalogue.event_types import Priority, Severity
from carillon.domain.intake.triggers import Trigger
from carillon.domain.subscriptions.subscriptions import Target
from carillon.usecases.delivery.fan_out import fan_out
from carillon.usecases.intake import trigger
from tests import builders as a
from tests import canaries
from tests.unit.confluent.conftest import BASE, integration

ALL = "/subscriptions"


@pytest.fixture
def hook(acme, webhook):
    """The id of an integration."""
    return acme.ok("POST", "/integrations", webhook)["id"]


@pytest.fixture
def another(acme):
    body = integration("Webhook", "Night shift", url=canaries.WEBHOOK_URL)
    return acme.ok("POST", "/integrations", body)["id"]


@pytest.fixture
def required(ports):
    ports.event_types.save(
        "acme", a.event_type("outage", priority=Priority.REQUIRED), expected=None
    )
    return "outage"


def to(*integrations, event="welcome", **fields):
    refs = [{"id": id, "related": "", "resource_name": ""} for id in integrations]
    return {"notification_type": {"id": event}, "integrations": refs, **fields}


def reached(ports):
    """The integrations that an event of type `welcome` goes to."""
    trigger.accept([Trigger(event="welcome")], ports=ports.of("acme"))
    fan_out(ports.queues.jobs.pop(), ports=ports.of(a.TENANT))
    found = {d.integration for chunk in ports.queues.chunks for d in chunk.deliveries}
    ports.queues.chunks.clear()
    return found


def test_what_was_made_is_shown_with_references(acme, hook):
    answer = acme("POST", ALL, to(hook))

    made = answer.json
    url = f"{BASE}/notifications/v1"
    crn = "crn://carillon/organization=acme"
    assert answer.status == 201
    assert answer.headers["location"] == made["metadata"]["self"] == f"{url}{ALL}/{made['id']}"
    assert (made["api_version"], made["kind"]) == ("notifications/v1", "Subscription")
    assert made["current_state"] == "ENABLED"
    assert made["notification_type"] == {
        "id": "welcome",
        "related": f"{url}/notification-types/welcome",
        "resource_name": f"{crn}/notification-type=welcome",
    }
    assert made["integrations"] == [
        {
            "id": hook,
            "related": f"{url}/integrations/{hook}",
            "resource_name": f"{crn}/integration={hook}",
        }
    ]
    assert acme.ok("GET", f"{ALL}/{made['id']}") == made
    assert acme.ok("GET", ALL)["data"] == [made]
    assert acme.ok("GET", ALL)["kind"] == "SubscriptionList"


def test_what_happens_reaches_the_integrations_as_long_as_it_is_enabled(acme, ports, hook, another):
    one = f"{ALL}/{acme.ok('POST', ALL, to(hook))['id']}"

    first = reached(ports)
    acme.ok("PATCH", one, {"integrations": [{"id": hook}, {"id": another}]})
    both = reached(ports)
    acme.ok("PATCH", one, {"current_state": "DISABLED"})
    none = reached(ports)
    acme.ok("PATCH", one, {"current_state": "ENABLED"})
    again = reached(ports)
    acme.ok("DELETE", one)

    assert (first, both, none, again) == ({hook}, {hook, another}, set(), {hook, another})
    assert reached(ports) == set()
    acme.refused(404, "GET", one)


def test_an_integration_named_twice_is_told_once(acme, hook):
    made = acme.ok("POST", ALL, to(hook, hook))

    assert [reference["id"] for reference in made["integrations"]] == [hook]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"notification_type": {"id": "nothing"}}, "/notification_type/id"),
        ({"notification_type": {"id": ""}}, "/notification_type/id"),
        ({"notification_type": "welcome"}, "/notification_type"),
        ({"integrations": []}, "/integrations"),
        ({"integrations": [{"id": "i-1"}]}, "/integrations"),
        ({"integrations": [{"id": "x" * 256}]}, "/integrations/0/id"),
        ({"integrations": [{}]}, "/integrations/0/id"),
        ({"current_state": "PAUSED"}, "/current_state"),
    ],
)
def test_what_cannot_be_is_a_422_and_makes_nothing(acme, hook, change, pointer):
    error = acme.refused(422, "POST", ALL, to(hook) | change)

    assert error["source"] == {"pointer": pointer}
    assert acme.ok("GET", ALL)["data"] == []


def test_another_tenants_integration_is_as_absent_as_none(acme, globex, webhook):
    theirs = globex.ok("POST", "/integrations", webhook)["id"]

    acme.refused(422, "POST", ALL, to(theirs))


def test_the_notification_type_stays(acme, ports, hook):
    ports.event_types.save("acme", a.event_type("other"), expected=None)
    one = f"{ALL}/{acme.ok('POST', ALL, to(hook))['id']}"

    error = acme.refused(422, "PATCH", one, {"notification_type": {"id": "other"}})

    assert error["source"] == {"pointer": "/notification_type/id"}
    acme.ok("PATCH", one, {"notification_type": {"id": "welcome"}})


def test_the_same_again_is_a_409_that_says_where_it_is(acme, hook, another):
    made = acme.ok("POST", ALL, to(hook, another))

    answer = acme("POST", ALL, to(another, hook))

    assert answer.status == 409
    assert answer.headers["location"] == made["metadata"]["self"]
    acme.ok("POST", ALL, to(hook))


def test_what_is_required_is_neither_switched_off_nor_left(acme, hook, required):
    off = acme.refused(422, "POST", ALL, to(hook, event=required, current_state="DISABLED"))
    one = f"{ALL}/{acme.ok('POST', ALL, to(hook, event=required))['id']}"
    disabled = acme.refused(422, "PATCH", one, {"current_state": "DISABLED"})
    left = acme.refused(409, "DELETE", one)

    assert off["source"] == disabled["source"] == {"pointer": "/current_state"}
    assert "required" in left["detail"]
    assert acme.ok("GET", one)["current_state"] == "ENABLED"
    acme.ok("PATCH", one, {"current_state": "ENABLED"})


def test_what_is_subscribed_otherwise_is_not_shown(acme, ports, hook):
    ours = acme.ok("POST", ALL, to(hook))
    ports.subscriptions.put("acme", a.subscription(Target.TOPIC, "everybody"))
    elsewhere = replace(a.subscription(Target.INTEGRATION, hook), application="shop/checkout")
    ports.subscriptions.put("acme", elsewhere)

    assert acme.ok("GET", ALL)["data"] == [ours]
    for id in ("sub_everybody", elsewhere.id):
        for method in ("GET", "PATCH", "DELETE"):
            acme.refused(404, method, f"{ALL}/{id}", {})


def test_another_tenants_is_not_found(acme, globex, hook):
    one = f"{ALL}/{acme.ok('POST', ALL, to(hook))['id']}"

    for method in ("GET", "PATCH", "DELETE"):
        globex.refused(404, method, one, {})
    assert acme.ok("GET", one)


def test_event_types_are_the_notification_types(acme, ports):
    ports.event_types.save(
        "acme",
        a.event_type(
            "bill",
            name="Bill",
            description="A bill is due",
            category="billing_licensing",
            priority=Priority.RECOMMENDED,
            severity=Severity.WARN,
            locked=True,
        ),
        expected=None,
    )

    page = acme.ok("GET", "/notification-types")
    bill = acme.ok("GET", "/notification-types/bill")

    assert page["kind"] == "NotificationTypeList"
    assert [each["id"] for each in page["data"]] == ["bill", "welcome"]
    assert page["data"][0] == bill
    assert bill | {"metadata": ""} == {
        "api_version": "notifications/v1",
        "kind": "NotificationType",
        "id": "bill",
        "metadata": "",
        "display_name": "Bill",
        "description": "A bill is due",
        "category": "BILLING_LICENSING",
        "subscription_priority": "RECOMMENDED",
        "severity": "WARN",
        "is_included_in_plan": False,
    }
    welcome = page["data"][1]
    assert (welcome["category"], welcome["is_included_in_plan"]) == ("SERVICE", True)


def test_notification_types_are_paged_and_none_is_about_a_kind_of_resource(acme, ports):
    for number in range(120):
        ports.event_types.save("acme", a.event_type(f"n{number:03}"), expected=None)

    assert len(acme.ok("GET", "/notification-types")["data"]) == 100
    assert len(acme.ok("GET", "/notification-types", page_size="250")["data"]) == 121
    assert acme.ok("GET", "/notification-types", resource_type="CLUSTER")["data"] == []
    error = acme.refused(400, "GET", "/notification-types", resource_type="PLANET")
    assert error["source"] == {"parameter": "resource_type"}


def test_an_unknown_or_foreign_notification_type_is_not_found(acme, globex):
    acme.refused(404, "GET", "/notification-types/nothing")
    globex.refused(404, "GET", "/notification-types/welcome")
