"""Every success has a model; a free-form part of one is named here, with the reason for it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

CONTRACTS = {
    path.stem: json.loads(path.read_text()) for path in Path(__file__).parent.glob("*.json")
}
_ABOUT = {"title", "description", "default"}  # what a schema says without restricting anything

CALLERS = "the caller's own data"
EVENT = "an event's payload, which its event type's schema describes"
PROVIDER = "a provider's settings, which differ from one to the next"
SCHEMA = "a JSON Schema"
REPLY = "a subscriber's answer"
QUERY = "the query, as it was understood"
AUTHOR = "a service's own fields, kept for the template's author"

FREE_FORM = {
    "admin": {
        "ContextResponse.data": CALLERS,
        "EventTypeResponse.input_schema": SCHEMA,
        "EventTypeResponse.output_schema": SCHEMA,
        "EventTypeResponse.sample": EVENT,
        "EventTypeResponse.sample_output": REPLY,
        "IntegrationResponse.settings": PROVIDER,
        "SubscriberResponse.data": CALLERS,
    },
    "bitcaster": {
        "Membership.custom_fields": CALLERS,
        "UserWithFieldsResponse.custom_fields": CALLERS,
    },
    "confluent": {},
    "novu": {
        "ActionResult.payload": CALLERS,
        "InboxCountResponse.filter": QUERY,
        "InboxResponse.filter": QUERY,
        "IntegrationResponse.credentials": PROVIDER,
        "MessageResponse.payload": EVENT,
        "NotificationResponse.payload": EVENT,
        "StepResponse.variables": SCHEMA,
        "SubscriberResponse.data": CALLERS,
        "TenantResponse.data": CALLERS,
        "WorkflowResponse.payloadExample": EVENT,
        "WorkflowResponse.payloadSchema": SCHEMA,
    },
    "sailpoint": {
        "CompleteInput.output": REPLY,
        "InvocationResponse.contentJson": CALLERS,
        "SlackTemplateResponse": AUTHOR,
        "StartInput.contentJson": CALLERS,
        "StartInput.input": EVENT,
        "TeamsTemplateResponse": AUTHOR,
        "TriggerResponse.exampleInput": EVENT,
        "TriggerResponse.exampleOutput": REPLY,
        "VariableResponse.example": EVENT,
    },
}


class FreeForm:
    """Finds the places of a contract's answers where anything may stand."""

    def __init__(self, contract):
        self.models = contract["components"]["schemas"]
        self.seen = set()

    def within(self, schema, place) -> Iterator[str]:
        if self.is_anything(schema):
            yield place
            return
        if name := schema.get("$ref", "").rpartition("/")[2]:
            if name not in self.seen:
                self.seen.add(name)
                yield from self.within(self.models[name], name.rpartition("__")[2])
            return
        if schema.get("additionalProperties") is True:
            yield place
        for part in self.parts(schema):
            yield from self.within(part, place)
        for name, part in schema.get("properties", {}).items():
            yield from self.within(part, f"{place}.{name}")

    def is_anything(self, schema):
        if name := schema.get("$ref", "").rpartition("/")[2]:
            return self.is_anything(self.models[name])
        match {name: part for name, part in schema.items() if name not in _ABOUT}:
            case {"type": "object", **rest}:
                return rest in ({}, {"additionalProperties": True})
            case rest:
                return not rest

    def parts(self, schema):
        for name in ("anyOf", "oneOf", "allOf", "prefixItems"):
            yield from schema.get(name, ())
        for name in ("items", "additionalProperties"):
            if isinstance(schema.get(name), dict) and schema.get("maxItems") != 0:
                yield schema[name]


def successes(contract):
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            for status, response in operation["responses"].items():
                if status not in {"204", "4XX"}:
                    content = response.get("content", {}).get("application/json", {})
                    yield f"{method.upper()} {path} {status}", content.get("schema", {})


def free_form(contract):
    found = FreeForm(contract)
    return {place for name, schema in successes(contract) for place in found.within(schema, name)}


@pytest.mark.parametrize("dialect", sorted(CONTRACTS))
def test_every_success_has_a_model_but_for_what_is_free_form(dialect):
    assert free_form(CONTRACTS[dialect]) == set(FREE_FORM[dialect])


@pytest.mark.parametrize("schema", [{}, {"type": "object"}, {"type": "array", "items": {}}])
def test_an_answer_without_a_model_would_be_found(schema):
    content = {"application/json": {"schema": schema}}
    operation = {"responses": {"200": {"content": content}}}
    contract = {"components": {"schemas": {}}, "paths": {"/x": {"get": operation}}}

    assert free_form(contract) == {"GET /x 200"}


def test_a_success_without_any_schema_would_be_found():
    operation = {"responses": {"200": {"description": "Done"}}}
    contract = {"components": {"schemas": {}}, "paths": {"/x": {"get": operation}}}

    assert free_form(contract) == {"GET /x 200"}
