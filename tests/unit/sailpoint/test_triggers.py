"""Triggers: examples that their schemas accept, and that SailPoint's own client can read."""

import json

import jsonschema_rs
import pytest
from sailpoint.triggers.models.trigger import Trigger

from tests import builders as a

MISSING = "400.1.0 Required data missing or empty"
ORDER = {
    "type": "object",
    "properties": {"order": {"type": "string"}, "total": {"type": "number", "minimum": 10}},
    "required": ["order"],
}
FILLER = {
    "identity": {"type": "IDENTITY", "id": "0f11f2a4", "name": "For SailPoint's clients"},
    "changes": [],
}
MADE_ELSEWHERE = {
    "none": {},
    "sample": {"sample": {"order": "A-1"}},
    "schema": {"input_schema": ORDER},
    "both": {"input_schema": ORDER, "sample": {"order": "A-1"}},
    "closed": {"input_schema": ORDER | {"additionalProperties": False}},
    "referred": {
        "input_schema": {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "$ref": "#/definitions/record:Order",
            "definitions": {"record:Order": ORDER},
        }
    },
    "its own identity": {
        "input_schema": {"properties": {"identity": {"type": "string"}}, "required": ["identity"]}
    },
    "its own campaign": {"sample": {"campaign": {"name": "summer"}, "type": "x"}},
    "SailPoint's": {"sample": {"identity": FILLER["identity"], "changes": [{"attribute": "a"}]}},
    "answers": {"output_schema": {"type": "object"}, "sample_output": {"ok": True}},
    "answers otherwise": {
        "output_schema": {"type": "object", "additionalProperties": False},
        "sample_output": {},
    },
    "decides": {
        "output_schema": {"type": "object"},
        "sample_output": {"approved": False, "comment": "no", "approver": "Ana"},
    },
}


@pytest.fixture
def made(ports):
    def make(slug, **fields):
        event = a.event_type(slug, media={}, **fields)
        ports.event_types.save(a.TENANT, event, expected=None)
        return event

    return make


def listed(api, slug):
    [found] = api.ok("GET", "/triggers", filters=f'id eq "{slug}"')
    return found


@pytest.mark.filterwarnings("ignore:must be one of enum values:UserWarning")  # the client's own
@pytest.mark.parametrize("fields", MADE_ELSEWHERE.values(), ids=MADE_ELSEWHERE)
def test_a_trigger_that_another_api_made_is_read_by_sailpoints_client(api, made, fields):
    made("theirs", **fields)

    found = listed(api, "theirs")

    assert Trigger.from_dict(found).example_input.actual_instance is not None
    assert jsonschema_rs.is_valid(json.loads(found["inputSchema"]), found["exampleInput"])
    output = json.loads(found["outputSchema"] or "{}")
    assert jsonschema_rs.is_valid(output, found["exampleOutput"] or {})


def test_an_example_is_the_sample_and_what_the_client_asks_for(api, made):
    made("theirs", **MADE_ELSEWHERE["schema"])
    made("closed", **MADE_ELSEWHERE["closed"])

    assert listed(api, "theirs")["exampleInput"] == {"order": "order", "total": 11, **FILLER}
    assert json.loads(listed(api, "theirs")["inputSchema"]) == ORDER
    opened = json.loads(listed(api, "closed")["inputSchema"])
    assert opened["properties"].keys() == {"order", "total", "identity", "changes"}
    assert opened["additionalProperties"] is False


def test_an_example_that_no_client_could_read_is_shown_as_it_is(api, made):
    patterns = {"type": "object", "propertyNames": {"maxLength": 5}, "required": ["order"]}
    made("theirs", input_schema=patterns)

    assert listed(api, "theirs")["exampleInput"] == {"order": "order"}


def test_an_example_can_be_sent_as_it_is_shown(api, made, subscriber):
    made("theirs", **MADE_ELSEWHERE["closed"])
    api.subscribe("theirs")
    shown = listed(api, "theirs")["exampleInput"]

    for input in ({"input": shown}, {}):
        body = {"triggerId": "theirs", "contentJson": {}, **input}
        assert api("POST", "/trigger-invocations/test", body).status == 200

    for sent in subscriber.bodies:
        assert {k: v for k, v in sent.items() if k != "_metadata"} == {
            "order": "order",
            "total": 11,
        }


def test_nobody_subscribed_is_204_before_a_sample_is_looked_for(api, made):
    made("theirs", input_schema={"not": {}})

    answer = api("POST", "/trigger-invocations/test", {"triggerId": "theirs", "contentJson": {}})

    assert (answer.status, answer.text) == (204, "")


def test_a_test_without_a_sample_that_could_be_sent_says_so(api, made, subscriber):
    made("theirs", input_schema={"not": {}})
    api.subscribe("theirs")

    answer = api("POST", "/trigger-invocations/test", {"triggerId": "theirs", "contentJson": {}})

    assert (answer.status, answer.json["detailCode"]) == (400, MISSING)
    assert "input is needed" in answer.json["causes"][0]["text"]
    assert subscriber.requests == []
