"""Subscriptions: who hears every event of a type."""

from dataclasses import replace

import pytest

from carillon.domain.tenancy.quotas import Quotas
from tests import gateway

TARGETS = ["integration", "topic", "subscriber"]


@pytest.fixture
def targets(acme):
    """One of each kind, by kind."""
    acme.ok("POST", "/event-types", {"slug": "shipped", "name": "Shipped"})
    acme.ok("POST", "/subscribers", {"subscribers": [{"id": "ana"}]})
    acme.ok("POST", "/topics", {"topics": [{"key": "all"}]})
    hook = {"provider": "webhook", "settings": {"url": "https://example.com/hook"}}
    integration = acme.ok("POST", "/integrations", hook)
    return {"integration": integration["id"], "topic": "all", "subscriber": "ana"}


def body(**target):
    return {"event_type": "shipped", "target": target}


@pytest.mark.parametrize("kind", TARGETS)
def test_a_subscription_goes_to_one_target(acme, targets, kind):
    made = acme.ok("POST", "/subscriptions", body(**{kind: targets[kind]}))

    assert made["target"] == {kind: targets[kind]}
    assert made["application"] == "default/default"
    assert acme.ok("GET", f"/subscriptions/{made['id']}") == made
    assert acme.ok("GET", "/subscriptions")["items"] == [made]


@pytest.mark.parametrize("kind", TARGETS)
def test_the_target_must_exist(acme, targets, kind):
    problems = acme.problems("POST", "/subscriptions", body(**{kind: "nobody"}))

    assert set(problems) == {f"target.{kind}"}


def test_the_target_must_be_the_tenants_own(acme, globex, targets):
    globex.ok("POST", "/event-types", {"slug": "shipped", "name": "Shipped"})

    for kind, id in targets.items():
        assert set(globex.problems("POST", "/subscriptions", body(**{kind: id}))) == {
            f"target.{kind}"
        }


def test_the_event_type_must_exist(acme, targets):
    problems = acme.problems(
        "POST", "/subscriptions", body(topic="all") | {"application": "shop/web"}
    )

    assert set(problems) == {"event_type"}


@pytest.mark.parametrize("target", [{}, {"topic": "all", "subscriber": "ana"}, {"pigeon": "x"}])
def test_there_is_exactly_one_target(acme, targets, target):
    problems = acme.problems("POST", "/subscriptions", body(**target))

    assert all(path.startswith("target") for path in problems)


def test_a_subscription_is_changed_and_removed(acme, targets):
    made = acme.ok("POST", "/subscriptions", body(topic="all"))
    path = f"/subscriptions/{made['id']}"

    changed = acme.ok("PATCH", path, {"name": "All", "active": False})

    assert (changed["name"], changed["active"]) == ("All", False)
    acme.ok("DELETE", path)
    assert acme("GET", path).status == 404
    assert acme("DELETE", path).status == 404


def test_another_tenants_subscription_is_not_there(acme, globex, targets):
    made = acme.ok("POST", "/subscriptions", body(topic="all"))
    path = f"/subscriptions/{made['id']}"

    assert globex("GET", path).status == 404
    assert globex("PATCH", path, {"active": False}).status == 404
    assert globex("DELETE", path).status == 404
    assert globex.ok("GET", "/subscriptions")["items"] == []


def test_subscriptions_are_listed_page_by_page(acme, targets):
    made = [acme.ok("POST", "/subscriptions", body(topic="all"))["id"] for _ in range(3)]

    first = acme.ok("GET", "/subscriptions", limit="2")
    second = acme.ok("GET", "/subscriptions", limit="2", cursor=first["next_cursor"])

    assert [s["id"] for s in first["items"] + second["items"]] == sorted(made)


def test_a_subscription_may_go_to_several_of_a_kind(acme, targets):
    acme.ok("POST", "/topics", {"topics": [{"key": "second"}]})
    several = [targets["topic"], "second"]

    made = acme.ok("POST", "/subscriptions", body(topic=several))

    assert made["target"] == {"topic": several}
    assert set(
        acme.problems("POST", "/subscriptions", body(topic=[targets["topic"], "third"]))
    ) == {"target.topic"}
    assert acme.problems("POST", "/subscriptions", body(topic=[]))


def test_a_subscription_may_be_of_some_environments(acme, targets):
    made = acme.ok("POST", "/subscriptions", body(topic="all") | {"environments": ["staging"]})
    changed = acme.ok("PATCH", f"/subscriptions/{made['id']}", {"environments": ["test", "live"]})

    assert made["environments"] == ["staging"]
    assert changed["environments"] == ["test", "live"]
    assert acme.ok("GET", f"/subscriptions/{made['id']}") == changed


def test_a_filter_that_takes_too_much_work_on_the_sample_is_refused(acme, targets):
    sample = {"many": [{"b": number} for number in range(1_500)]}
    acme.ok("PATCH", "/event-types/shipped", {"sample": sample})
    costly = {"filter": "$.many[?($..b == $..b)]"}
    made = acme.ok("POST", "/subscriptions", body(topic="all"))

    refused = acme.problems("POST", "/subscriptions", body(topic="all") | costly)
    changed = acme.problems("PATCH", f"/subscriptions/{made['id']}", costly)

    assert refused == changed == {"filter": "takes more work on this event than a filter may"}
    acme.ok("PATCH", f"/subscriptions/{made['id']}", {"filter": "$.many[?(@.b == 7)]"})


def test_an_event_type_has_as_many_subscriptions_as_its_quota_allows(acme, ports, targets):
    with gateway.using(replace(ports, quotas=Quotas(subscriptions=1))):
        acme.ok("POST", "/subscriptions", body(topic="all"))

        refused = acme("POST", "/subscriptions", body(topic="all"))

    assert (refused.status, refused.json["detail"]) == (
        403,
        "The event type has 1 of 1 subscriptions",
    )
