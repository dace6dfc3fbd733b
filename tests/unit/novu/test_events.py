"""Novu's trigger and bulk trigger, through the functions as API Gateway calls them."""

import json
from dataclasses import replace
from uuid import UUID

import pytest

from carillon.domain.audience.contexts import Context
from carillon.domain.base.channels import Channel
from carillon.domain.intake.triggers import TopicRecipient
from carillon.domain.tenancy.access import Scope
from functions.novu.trigger.app import handler as trigger
from functions.novu.trigger_bulk.app import handler as trigger_bulk
from tests import builders as a
from tests import canaries, gateway

SINGLE, BULK = "/v1/events/trigger", "/v1/events/trigger/bulk"


@pytest.fixture
def ports():
    with gateway.using(a.world()) as ports:
        yield ports


@pytest.fixture
def key(ports):
    return gateway.issue_key(ports, a.TENANT, Scope.EVENT_TRIGGER)


@pytest.fixture
def single(key):
    def post(body, **headers):
        return gateway.call(trigger, "POST", SINGLE, body, authorization=f"ApiKey {key}", **headers)

    return post


@pytest.fixture
def bulk(key):
    def post(body, **headers):
        return gateway.call(
            trigger_bulk, "POST", BULK, body, authorization=f"ApiKey {key}", **headers
        )

    return post


def event(name="welcome", to="ana", **fields):
    return {"name": name, "to": to, **fields}


def recipients(ports):
    return ports.queues.jobs[0].invocations[0].recipients


def test_an_event_is_acknowledged_with_its_transaction_id(single, ports):
    answer = single(event(transactionId="t1", payload={"number": canaries.TEXT}))

    assert answer.status == 201
    assert answer.json == {
        "data": {"acknowledged": True, "status": "processed", "transactionId": "t1"}
    }
    assert ports.queues.jobs[0].invocations[0].payload == {"number": canaries.TEXT}


def test_every_form_of_recipient_is_understood(single, ports):
    channel = {
        "providerId": "slack",
        "credentials": {"webhookUrl": canaries.SLACK_URL},
    }
    ana = {"subscriberId": "ana", "firstName": "Ana", "email": None, "channels": [channel]}
    topic = {"type": "Topic", "topicKey": "everyone", "exclude": ["ben"]}

    answer = single(event(to=["ben", None, ana, topic], actor={"subscriberId": "zoe"}))

    assert answer.status == 201
    ben, person, everyone = recipients(ports)
    assert ben.id == "ben"
    assert (person.first_name, person.channels[0].webhook_url) == (
        "Ana",
        canaries.SLACK_URL,
    )
    assert everyone == TopicRecipient(topic="everyone", exclude=("ben",))
    assert ports.queues.jobs[0].invocations[0].actor.id == "zoe"


def test_a_single_recipient_needs_no_list(single, ports):
    single(event(to={"type": "Topic", "topicKey": "everyone"}))

    assert recipients(ports) == (TopicRecipient(topic="everyone"),)


def test_a_key_of_some_environments_reaches_the_subscriptions_of_these_alone(single, ports):
    [stored] = ports.api_keys.by_id.values()
    ports.api_keys.by_id[stored.id] = replace(stored, environments=("staging",))

    single(event())

    [invocation] = ports.queues.jobs[0].invocations
    assert invocation.narrowing.environments == ("staging",)


def test_explicit_nulls_and_unknown_fields_do_no_harm(single):
    nothing = dict.fromkeys(
        ["payload", "overrides", "transactionId", "actor", "tenant", "bridgeUrl"]
    )

    assert single(event(somethingNew=1, **nothing)).status == 201


# As the documentation of a bulk lists them.
PROVIDERS = """
slack discord msteams mattermost ryver zulip grafana-on-call getstream rocket-chat
whatsapp-business fcm apns expo one-signal pushpad push-webhook pusher-beams
"""


@pytest.mark.parametrize("provider", [*PROVIDERS.split(), "pigeon"])
def test_every_published_provider_may_be_a_subscribers_channel(single, provider):
    channel = {"providerId": provider, "credentials": {"deviceTokens": ["x"]}}

    answer = single(event(to={"subscriberId": "ana", "channels": [channel]}))

    if provider == "pigeon":
        assert answer.status == 422
        assert "must be 'slack'" in answer.text
    else:  # a provider that is known, and of which this tenant has no integration
        assert answer.status in {201, 400}
        assert answer.status == 201 or f"active {provider} integration" in answer.json["message"]


def test_a_transaction_id_that_is_not_given_is_a_uuid(single, bulk):
    one = single(event()).json["data"]["transactionId"]
    [other] = [each["transactionId"] for each in bulk({"events": [event()]}).json["data"]]

    assert one != other
    assert {str(UUID(one)), str(UUID(other))} == {one, other}


def test_each_event_of_a_bulk_has_its_own_status_in_order(bulk, ports):
    ports.event_types.save(a.TENANT, a.event_type("off", active=False), expected=None)
    ports.event_types.save(a.TENANT, a.event_type("bare", media={}), expected=None)
    dim = a.event_type("dim", media={Channel.EMAIL: False})
    ports.event_types.save(a.TENANT, dim, expected=None)

    answer = bulk(
        {
            "events": [
                event(),
                event("no-such", transactionId="t2"),
                event("off"),
                event("bare"),
                event("dim"),
                event(tenant="nobody"),
                event(to={"email": "x@example.com"}),
                {"to": "ana"},
                "nonsense",
                event(to=[]),
                event(),
            ]
        }
    )

    assert answer.status == 201
    assert list(answer.json) == ["data"]
    assert [item["status"] for item in answer.json["data"]] == [
        "processed",
        "error",
        "trigger_not_active",
        "no_workflow_steps_defined",
        "no_workflow_active_steps_defined",
        "no_tenant_found",
        "subscriber_id_missing",
        "error",
        "error",
        "error",
        "processed",
    ]
    assert all(item["acknowledged"] and item["transactionId"] for item in answer.json["data"])
    assert answer.json["data"][1]["error"] == ["workflow_not_found"]
    assert answer.json["data"][1]["transactionId"] == "t2"
    assert len(ports.queues.jobs[0].invocations) == 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"events": []}, "events should not be empty"),
        ({"events": [event()] * 101}, "events must contain no more than 100 elements"),
        ({"events": "x"}, "list"),
        ({}, "required"),
        ([], "object"),
    ],
)
def test_a_bulk_of_the_wrong_shape_is_refused_whole(bulk, ports, body, words):
    answer = bulk(body)

    assert answer.status == 422
    assert {"statusCode", "timestamp", "path", "message", "errors"} <= set(answer.json)
    assert words in json.dumps(answer.json["errors"])
    assert ports.queues.jobs == []


def test_a_tenant_that_exists_goes_with_the_event(single, ports):
    north = Context(identifier="north", created_at=a.NOW, updated_at=a.NOW)
    ports.contexts.put(a.TENANT, north)

    assert single(event(tenant={"identifier": "north", "name": "North"})).status == 201
    assert ports.queues.jobs[0].invocations[0].context.name == "North"


def test_an_unknown_workflow_is_an_error_the_clients_can_parse(single):
    answer = single(event("no-such"))

    assert answer.status == 422
    assert answer.json["message"] == "workflow_not_found"
    assert answer.json["errors"] == {}
    assert answer.json["path"] == SINGLE


def test_a_payload_against_the_schema_is_said_field_by_field(single, ports):
    schema = {"type": "object", "properties": {"number": {"type": "integer"}}}
    strict = a.event_type("strict", input_schema=schema)
    ports.event_types.save(a.TENANT, strict, expected=None)

    answer = single(event("strict", payload={"number": "seven"}))

    assert answer.status == 400
    assert answer.json["type"] == "PAYLOAD_VALIDATION_ERROR"
    assert answer.json["errors"][0]["field"] == "number"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bridgeUrl", "https://bridge.example.com/novu"),
        ("controls", {"steps": {"mail": {"subject": "x"}}}),
        ("agentId", "helper"),
        ("context", {"a b": "x"}),
        ("context", {str(n): "x" for n in range(6)}),
        ("context", {"tenant": {"data": {}}}),
    ],
)
def test_what_an_event_cannot_have_is_refused_by_its_name(single, bulk, ports, name, value):
    wrong = event(**{name: value})

    alone, among = single(wrong), bulk({"events": [wrong, event()]})

    assert alone.status == 422
    assert {field.partition(".")[0] for field in alone.json["errors"]} == {name}
    assert [one["status"] for one in among.json["data"]] == ["error", "processed"]
    assert name in among.json["data"][0]["error"][0]
    assert len(ports.queues.jobs) == 1


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({}, "Missing authorization header"),
        ({"authorization": "Bearer x"}, 'Invalid authentication scheme: "Bearer"'),
        ({"authorization": "ApiKey nonsense"}, "API Key not found"),
    ],
)
def test_a_stranger_learns_nothing_but_that(ports, header, words):
    answer = gateway.call(trigger, "POST", SINGLE, "{", **header)

    assert answer.status == 401
    assert answer.json["message"] == words


def test_a_key_without_the_scope_may_not_trigger(ports):
    key = gateway.issue_key(ports, a.TENANT, Scope.EVENT_LIST)

    answer = gateway.call(trigger, "POST", SINGLE, event(), authorization=f"ApiKey {key}")

    assert answer.status == 403


def test_another_method_is_refused_in_the_same_words(key, ports):
    answer = gateway.call(trigger, "GET", SINGLE, None, authorization=f"ApiKey {key}")

    assert answer.status == 405
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "",
        "[" * 100_000,
        '{"name": NaN}',
        '{"name": 1e999}',
        '{"name": "\\ud800"}',
        '{"name": ' + "1" * 5000 + "}",
        b"\xff\xfe",
    ],
)
def test_a_body_that_cannot_be_read_is_the_callers_mistake(single, ports, body):
    answer = single(body)

    assert answer.status == 400
    assert {"statusCode", "timestamp", "path", "message", "type", "errors"} <= set(answer.json)
    assert ports.queues.jobs == []


def test_what_the_queue_did_not_take_may_be_sent_again(single, ports):
    ports.queues.refuse_next = 1

    answer = single(event())

    assert answer.status == 503
    assert answer.headers["retry-after"] == "1"


def test_a_repeated_request_with_its_idempotency_key_happens_once(single, ports):
    once = single(event(), **{"idempotency-key": "k1"})
    again = single(event(), **{"idempotency-key": "k1"})

    assert once.json == again.json


def test_an_idempotency_key_is_said_again(single):
    assert single(event(), **{"idempotency-key": "k1"}).headers["idempotency-key"] == "k1"
    assert single({}, **{"idempotency-key": "k1"}).headers["idempotency-key"] == "k1"
    assert "idempotency-key" not in single(event()).headers


def test_an_overlong_idempotency_key_is_refused(single, ports):
    answer = single(event(), **{"idempotency-key": "k" * 256})

    assert answer.status == 400
    assert {"statusCode", "timestamp", "path", "message", "type", "errors"} <= set(answer.json)
    assert ports.queues.jobs == []


def test_our_own_fault_is_said_without_details(single, ports, monkeypatch):
    monkeypatch.setattr(ports.event_types, "get_many", None)

    answer = single(event())

    assert answer.status == 500
    assert answer.json["errorId"]
    assert "NoneType" not in json.dumps(answer.json)
