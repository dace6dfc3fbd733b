"""A test event for one subscription, and what its target says to it."""

import pytest

from carillon.domain.delivery.transport import Response
from carillon.domain.subscriptions.subscriptions import Target
from tests import builders as a
from tests import fakes, gateway

PATH = "/subscriptions/sub_int_webhook/test"


@pytest.fixture
def answers():
    return [Response(status=404, body=b"who are you?" + b"x" * 1000)]


@pytest.fixture
def ports(answers):
    with gateway.using(fakes.ports(egress=fakes.Egress(answers))) as ports:
        ports.event_types.save("acme", a.event_type(sample={"n": 1}), expected=None)
        ports.integrations.put("acme", a.webhook())
        ports.subscriptions.put("acme", a.subscription(Target.INTEGRATION, "int_webhook"))
        ports.subscriptions.put("acme", a.subscription(Target.TOPIC, "team"))
        yield ports


def test_what_the_target_says_is_told(acme, ports):
    [result] = acme.ok("POST", PATH)["results"]

    assert result["integration"] == "int_webhook"
    assert (result["sent"], result["outcome"], result["http_status"]) == (False, "retry", 404)
    assert result["answer"].startswith("who are you?")
    assert len(result["answer"]) == 500
    assert result["latency_ms"] >= 0
    assert len(ports.egress.requests) == 1
    assert ports.dispatches.by_id == {}


def test_the_event_is_the_sample_or_what_is_given(acme, ports):
    acme.ok("POST", PATH)
    acme.ok("POST", PATH, {"input": {"n": 2}})

    first, second = (request.body for request in ports.egress.requests)
    assert b'"data":{"n":1}' in first
    assert b'"data":{"n":2}' in second


def test_a_topic_is_no_target_of_a_test(acme, ports):
    assert "target" in acme.problems("POST", "/subscriptions/sub_team/test")
    assert ports.egress.requests == []


def test_another_tenants_subscription_is_absent(globex, ports):
    assert globex("POST", PATH).status == 404
    assert ports.egress.requests == []


def test_a_filter_is_checked_and_shown(acme):
    path = "/subscriptions/sub_int_webhook"

    assert acme.ok("PATCH", path, {"filter": "$.n"})["filter"] == "$.n"
    assert "filter" in acme.problems("PATCH", path, {"filter": "$["})
    assert acme.ok("GET", path)["filter"] == "$.n"
