"""No schema and no value keeps the validator busy: what would is refused, by counting."""

import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carillon.adapters.catalogue.schema_work import MOST_OF_ONE, SchemaWork, size_and_depth
from carillon.adapters.catalogue.schemas import JsonSchemas
from carillon.domain.base.terms import FieldName

SECONDS = 2.0


def multiplying(keyword, levels, times=2):
    """Make a schema whose definitions each apply the next one several times to the same value."""
    definitions = {
        f"d{level}": {keyword: [{"$ref": f"#/$defs/d{level + 1}"}] * times}
        for level in range(levels)
    }
    definitions[f"d{levels}"] = {"type": "string"}
    return {"$defs": definitions, "$ref": "#/$defs/d0"}


def by_depth(times):
    """Make a schema that is applied several times more at each depth of the value."""
    child = {"properties": {"c": {"$ref": "#"}}, "required": ["c"]}
    return {"anyOf": [child] * times}


def nested(depth):
    value = {}
    for _ in range(depth):
        value = {"c": value}
    return value


def check(schema):
    return JsonSchemas().check(schema, at=FieldName.INPUT_SCHEMA)


def validate(schema, value):
    started = time.process_time()
    problems = JsonSchemas().validate(schema, value, at=FieldName.PAYLOAD)
    assert time.process_time() - started < SECONDS
    return problems


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
@pytest.mark.parametrize(("levels", "times"), [(20, 2), (60, 2), (7, 12), (90, 1000)])
def test_references_that_multiply_are_refused_and_never_run(keyword, levels, times):
    schema = multiplying(keyword, levels, times)

    [problem] = check(schema)
    [unchecked] = validate(schema, 5)  # one that was stored before there was a limit

    assert "1000 checks" in problem.message
    assert "too large or too deeply nested" in unchecked.message


@pytest.mark.parametrize("times", [2, 5, 30])
def test_alternatives_that_multiply_with_the_depth_are_checked_as_deep_as_is_quick(times):
    schema = by_depth(times)

    assert check(schema) == []
    assert validate(schema, nested(2))
    [problem] = validate(schema, nested(31))
    assert "too large or too deeply nested" in problem.message


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
        {"properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}},
        {"$defs": {"node": {"$anchor": "node", "items": {"$ref": "#node"}}}, "$ref": "#node"},
        {
            "$id": "https://example.com/a",
            "$defs": {"b": {"$id": "/b", "type": "object"}},
            "properties": {"b": {"$ref": "/b"}},
        },
        {"allOf": [{"properties": {str(n): {"type": "string"}}} for n in range(500)]},
    ],
)
def test_ordinary_and_recursive_schemas_are_taken(schema):
    assert check(schema) == []
    assert validate(schema, nested(31)) == []


def test_a_long_chain_of_references_is_refused():
    chain = {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(5_000)}

    assert check({"$defs": chain | {"d5000": True}, "$ref": "#/$defs/d0"})


def test_problems_are_not_built_when_they_would_fill_the_memory():
    words = [f"word{n}" for n in range(1_000)]
    tracemalloc.start()

    problems = validate({"items": {"enum": words}}, ["wrong"] * 20_000)

    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()
    assert problems


def test_a_value_is_measured_by_its_values_and_its_depth():
    assert size_and_depth(1) == (1, 0)
    assert size_and_depth({"a": [1, {"b": 2}], "c": {}}) == (6, 3)


schemas = st.recursive(
    st.sampled_from([True, {"type": "string"}, {"$ref": "#"}, {"$ref": "#/$defs/d"}]),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=4)}),
        st.fixed_dictionaries({"allOf": st.lists(inner, min_size=1, max_size=4)}),
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"properties": st.dictionaries(st.sampled_from("ab"), inner)}),
        st.fixed_dictionaries({"items": inner}),
        st.fixed_dictionaries({"additionalProperties": inner}),
    ),
    max_leaves=12,
)
values = st.recursive(
    st.sampled_from([1, "x", None]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(root=schemas, definition=schemas, value=values)
def test_any_schema_checks_any_value_in_time(root, definition, value):
    schema = {"$defs": {"d": definition}, "allOf": [root]}

    validate(schema, value)
    validate(schema, [value] * 1_000)


def test_checks_are_counted_as_they_multiply():
    work = SchemaWork(multiplying("anyOf", 3))

    # The root, d0, then at each level two alternatives with a reference each.
    assert work.checks(0) == 2 + sum(2 * 2**level for level in range(1, 4))
    assert SchemaWork({"allOf": [True] * (MOST_OF_ONE + 1)}).checks(0) > MOST_OF_ONE
