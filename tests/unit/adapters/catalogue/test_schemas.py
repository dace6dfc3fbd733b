"""JSON Schema: what is wrong is told with its place, and nothing is fetched."""

import socket
import time

import pytest

from carillon.adapters.catalogue.schemas import JsonSchemas
from carillon.domain.base.terms import FieldName

ORDER = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "lines": {"type": "array", "items": {"type": "object", "required": ["sku"]}},
    },
}


def paths(schema, value):
    return [
        problem.within for problem in JsonSchemas().validate(schema, value, at=FieldName.PAYLOAD)
    ]


def test_a_value_that_satisfies_the_schema_has_no_problems():
    assert (
        JsonSchemas().validate(ORDER, {"id": 1, "lines": [{"sku": "a"}]}, at=FieldName.PAYLOAD)
        == []
    )


def test_a_problem_has_a_dotted_path_a_reason_and_what_was_found():
    [wrong_type] = JsonSchemas().validate(ORDER, {"id": "x"}, at=FieldName.PAYLOAD)
    assert (wrong_type.within, wrong_type.value) == ("id", "x")
    assert "integer" in wrong_type.message

    assert paths(ORDER, {"id": 1, "lines": [{"sku": "a"}, {}]}) == ["lines.1"]
    assert paths(ORDER, {}) == [""]


def test_there_are_twenty_problems_at_most_and_none_is_long():
    problems = JsonSchemas().validate(
        {"items": {"type": "integer"}}, ["x" * 1_000] * 500, at=FieldName.PAYLOAD
    )

    assert len(problems) == 20
    assert all(len(problem.message) <= 200 for problem in problems)


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ({"type": "nope"}, "type"),
        ({"properties": {"a": {"type": 5}}}, "properties.a.type"),
        ({"pattern": "("}, "pattern"),
        ({"required": "id"}, "required"),
        ({"$ref": "#/nope"}, ""),
        ({"$schema": "https://example.com/mine"}, ""),
        ({"const": float("nan")}, ""),
    ],
)
def test_a_schema_that_is_none_is_told(schema, path):
    problems = JsonSchemas().check(schema, at=FieldName.INPUT_SCHEMA)

    assert path in [problem.within for problem in problems]


@pytest.mark.parametrize(
    "reference",
    ["http://127.0.0.1:9/x.json", "https://example.com/x.json", "file:///etc/passwd", "other.json"],
)
def test_a_remote_reference_is_refused_and_never_fetched(monkeypatch, reference):
    def connect(*_):
        raise AssertionError

    monkeypatch.setattr(socket.socket, "connect", connect)
    began = time.process_time()

    schema = {"properties": {"a": {"$ref": reference}}}

    assert len(JsonSchemas().check(schema, at=FieldName.INPUT_SCHEMA)) == 1
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("draft", "schema", "good", "bad"),
    [
        (None, {"prefixItems": [{"type": "string"}]}, ["a"], [1]),
        (
            "https://json-schema.org/draft/2020-12/schema",
            {"dependentRequired": {"a": ["b"]}},
            {"a": 1, "b": 1},
            {"a": 1},
        ),
        ("http://json-schema.org/draft-07/schema#", {"items": [{"type": "string"}]}, ["a"], [1]),
        (
            "http://json-schema.org/draft-04/schema#",
            {"minimum": 1, "exclusiveMinimum": True},
            2,
            1,
        ),
    ],
)
def test_a_schema_is_of_the_draft_it_names(draft, schema, good, bad):
    schema = {"$schema": draft, **schema} if draft else schema

    assert JsonSchemas().check(schema, at=FieldName.INPUT_SCHEMA) == []
    assert paths(schema, good) == []
    assert len(paths(schema, bad)) == 1


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "^(a|a)*$", r"^(?=(a+)+$)(a|aa)*\1$", "(?!x)(a*)*b"]
)
def test_no_pattern_takes_long(pattern):
    schema = {"pattern": pattern}
    began = time.process_time()

    JsonSchemas().validate(schema, "a" * 40 + "!", at=FieldName.PAYLOAD)
    JsonSchemas().validate(schema, "a" * 50_000 + "!", at=FieldName.PAYLOAD)

    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "schema",
    [{"$ref": "#"}, {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}, {"not": {"$ref": "#"}}],
)
def test_a_schema_that_refers_to_itself_ends(schema):
    JsonSchemas().validate(schema, {"a": 1}, at=FieldName.PAYLOAD)
