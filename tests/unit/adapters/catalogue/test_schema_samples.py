"""Samples: derived from schemas, and accepted by the validator of real payloads."""

import json
import time
from pathlib import Path

import jsonschema_rs
import pytest

from carillon.adapters.catalogue.schemas import JsonSchemas

CONTRACTS = Path(__file__).parents[3] / "contracts"
FORMATS = "date date-time time duration email hostname ipv4 ipv6 uri uuid json-pointer regex"
DRAFT_4 = "http://json-schema.org/draft-04/schema#"
NESTED = {
    "minItems": 40,
    "items": {"minItems": 40, "items": {"minItems": 40, "items": {"minItems": 40}}},
}


def of(**properties):
    return {"type": "object", "properties": properties, "required": [*properties]}


def sample(schema):
    found = JsonSchemas().sample(schema)
    assert found is None or JsonSchemas().accepts(schema, found)
    return found


@pytest.mark.parametrize(
    ("property", "value"),
    [
        ({"type": "string"}, "a"),
        ({"type": ["null", "string"]}, "a"),
        ({"type": "integer", "minimum": 5}, 6),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 0.5}, 0.25),
        ({"type": "integer", "maximum": -3}, -4),
        ({"multipleOf": 7, "minimum": 50}, 56),
        ({"type": "boolean"}, True),
        ({"type": "null"}, None),
        ({"const": {"deep": 1}}, {"deep": 1}),
        ({"enum": ["free", "team"]}, "free"),
        ({"type": "string", "examples": ["Ana"]}, "Ana"),
        ({"type": "string", "default": "Ana"}, "Ana"),
        ({"type": "integer", "examples": ["wrong"]}, 1),
        ({"type": "string", "minLength": 5}, "aaaaa"),
        ({"type": "string", "maxLength": 0}, ""),
        ({"type": "string", "pattern": "^[A-Z]{2}-\\d{4,}$"}, "AA-0000"),
        ({"pattern": "^(on|off)$"}, "on"),
        ({"type": "array", "items": {"type": "integer"}}, [1]),
        ({"type": "array", "maxItems": 0}, []),
        ({"type": "array", "minItems": 2.0, "maxItems": 2.0}, ["a", "a 2"]),
        ({"type": "string", "minLength": 2.0, "maxLength": 2.0}, "aa"),
        ({"minItems": 3, "uniqueItems": True, "items": {"type": "string"}}, ["a", "a 2", "a 3"]),
        ({"type": "array", "prefixItems": [{"type": "boolean"}, {"const": 7}]}, [True, 7]),
        ({"allOf": [{"minimum": 3}, {"type": "integer", "minimum": 8}]}, 9),
        ({"oneOf": [{"type": "null"}, of(b={"type": "string"})]}, None),
        ({"anyOf": [False, {"type": "integer"}]}, 1),
    ],
)
def test_a_property_gets_a_value_of_its_kind(property, value):
    assert sample(of(a=property)) == {"a": value}


@pytest.mark.parametrize("format", FORMATS.split())
def test_a_text_has_its_format_by_another_judge(format):
    found = sample(of(a={"type": "string", "format": format}))

    assert jsonschema_rs.is_valid(
        {"properties": {"a": {"format": format}}}, found, validate_formats=True
    )
    assert not jsonschema_rs.is_valid({"format": format}, "[", validate_formats=True)


def test_optional_fields_are_shown_and_recursion_ends():
    node = {
        "type": "object",
        "properties": {"id": {"type": "string"}, "child": {"$ref": "#/definitions/record:Node"}},
        "required": ["id"],
    }
    schema = {"$ref": "#/definitions/record:Node", "definitions": {"record:Node": node}}

    assert sample(schema) == {"id": "id"}
    assert sample({"$schema": DRAFT_4, **of(a={"minimum": 3, "exclusiveMinimum": True})}) == {
        "a": 4
    }


def test_optional_fields_that_the_schema_forbids_together_are_left_out():
    schema = {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "maxProperties": 0}

    assert sample(schema) == {}


@pytest.mark.parametrize(
    "schema",
    [
        of(a={"type": "string"}) | {"not": {"required": ["a"]}},
        of(a={"pattern": "\\u00e9"}),
        of(a={"pattern": "[a-z]{1000}[a-z]{1000}"}),
        of(a={"minLength": 1_000_000}),
        of(a=NESTED),
        {"type": "array"},
        of(a={"enum": [1], "type": "string"}),
    ],
)
def test_what_cannot_be_derived_is_none_soon(schema):
    began = time.perf_counter()

    assert sample(schema) is None
    assert time.perf_counter() - began < 1


def test_each_caller_has_a_sample_of_its_own():
    sample(of(a={"type": "array"}))["a"].append("changed")

    assert sample(of(a={"type": "array"})) == {"a": ["a"]}


def published():
    for path in sorted(CONTRACTS.glob("*.json")):
        contract = json.loads(path.read_text())
        models = contract["components"]["schemas"]
        for name, model in models.items():
            if model.get("type") == "object":
                yield pytest.param({**model, "components": {"schemas": models}}, id=name)


def test_every_model_of_every_published_contract_has_a_sample():
    models = [*published()]

    without = [model.id for model in models if sample(model.values[0]) is None]

    assert len(models) > 150
    assert without == []
