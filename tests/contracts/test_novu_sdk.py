"""Our answers have what Novu's official client cannot do without, method by method."""

import inspect
import json
import typing
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import BaseModel

from local import openapi
from tests.contracts import sdk

CONTRACT = json.loads((Path(__file__).parent / "novu.json").read_text())
# What may be left out says the schema, which is of more messages; those of a feed have words.
ALWAYS = {("subscribers.notifications.feed", ".data[].content")}
SERVED = [method for method in sdk.methods() if method.is_served]


def resolved(schema):
    while "$ref" in schema:
        schema = CONTRACT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def nullable(schema):
    """Whether it may be null, which our answers leave out."""
    schema = resolved(schema)
    return schema.get("type") == "null" or any(nullable(one) for one in schema.get("anyOf", ()))


def lacking(wanted, schema, path=""):
    """The fields that the client requires and that our answers may lack."""
    schema = resolved(schema)
    if "anyOf" in schema:  # the two generations of a path's answers, of which the client knows one
        return min((lacking(wanted, one, path) for one in schema["anyOf"]), key=len)
    if typing.get_origin(wanted) is list:
        [item] = typing.get_args(wanted)
        return lacking(item, schema["items"], f"{path}[]") if "items" in schema else []
    if not (isinstance(wanted, type) and issubclass(wanted, BaseModel)):
        return []
    if "properties" not in schema:
        return []  # plain JSON, of which nothing is said
    found = []
    for name, field in wanted.model_fields.items():
        if not field.is_required():
            continue
        known = field.alias or name
        property = schema["properties"].get(known)
        null = nullable(property or {}) and not str(field.annotation).startswith("Nullable")
        if property is None or known not in schema.get("required", ()) or null:
            found.append(f"{path}.{known}")
        else:
            found += lacking(field.annotation, property, f"{path}.{known}")
    return found


def wrongly_null(wanted, schema, path=""):
    """The fields that our answers may show as null and that the client's models never call so.

    novu-py takes null for any optional field; @novu/api, made from the same document, does not.
    """
    schema = resolved(schema)
    if "anyOf" in schema:
        return min((wrongly_null(wanted, one, path) for one in schema["anyOf"]), key=len)
    if typing.get_origin(wanted) is list:
        [item] = typing.get_args(wanted)
        return wrongly_null(item, schema["items"], f"{path}[]") if "items" in schema else []
    if not (isinstance(wanted, type) and issubclass(wanted, BaseModel)):
        return []
    found = []
    for name, field in wanted.model_fields.items():
        known = field.alias or name
        property = schema.get("properties", {}).get(known, {})
        if not nullable(property):
            found += wrongly_null(field.annotation, property, f"{path}.{known}")
        elif "Nullable" not in str(inspect.get_annotations(wanted)[name]):
            found.append(f"{path}.{known}")
    return found


def bodies(method):
    """The bodies of a method's successes, as the client unwraps them."""
    for answer in successes(method).values():
        if "content" in answer:
            schema = resolved(answer["content"]["application/json"]["schema"])
            yield {"anyOf": [unwrapped(one) for one in schema.get("anyOf", [schema])]}


def unwrapped(schema):
    """What the client shows of an answer: its `data`, where that is all."""
    schema = resolved(schema)
    return schema["properties"]["data"] if [*schema["properties"]] == ["data"] else schema


def successes(method):
    """The answers of a method that are none of a mistake, by their statuses."""
    match = sdk.routes().find(method.verb, method.path.replace("{", "").replace("}", ""))
    about = import_module(match.function.module).__doc__
    path = openapi.written_path(match.route_key.partition(" ")[2], about)
    answers = CONTRACT["paths"][path][method.verb.lower()]["responses"]
    return {status: answer for status, answer in answers.items() if status != "4XX"}


def test_the_client_has_the_methods_that_we_know_of():
    assert len(sdk.methods()) > 140
    assert {"trigger", "workflows.create", "subscribers.credentials.update"} <= {
        method.name for method in sdk.methods()
    }


@pytest.mark.parametrize("method", SERVED, ids=lambda method: method.name)
def test_an_answer_has_a_status_that_the_client_takes_for_success(method):
    assert set(method.statuses) & successes(method).keys()


@pytest.mark.parametrize("method", SERVED, ids=lambda method: method.name)
def test_an_answer_has_every_field_that_the_client_requires(method):
    for body in bodies(method):
        assert {(method.name, field) for field in lacking(method.result, body)} <= ALWAYS


@pytest.mark.parametrize("method", SERVED, ids=lambda method: method.name)
def test_an_answer_shows_null_only_where_the_client_has_it(method):
    for body in bodies(method):
        assert wrongly_null(method.result, body) == []


@pytest.mark.parametrize(
    "method", [m for m in sdk.methods() if not m.is_served], ids=lambda method: method.name
)
def test_what_is_not_served_has_a_reason(method):
    assert method.reason


def test_every_reason_is_one_for_something():
    assert set(sdk.REASONS.values()) == {m.reason for m in sdk.methods() if not m.is_served}


def test_the_table_is_fresh():
    """`make openapi` writes it."""
    assert sdk.README.read_text() == sdk.written()
