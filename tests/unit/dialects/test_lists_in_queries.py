"""A list in a query is read however a client writes it, in every call that takes one."""

import typing
from importlib import import_module
from pathlib import Path
from urllib.parse import urlencode

import pytest
from pydantic import ValidationError

from carillon.runtime.request import from_event
from local import template

FUNCTIONS = template.functions(template.read(Path(__file__).parents[3] / "template.yaml"))
VALUES = (["a", "b"], ["sms", "email"], ["high", "low"])


def is_list(annotation):
    if isinstance(annotation, typing.TypeAliasType):
        return is_list(annotation.__value__)
    origin = typing.get_origin(annotation)
    if isinstance(origin, typing.TypeAliasType):
        return is_list(origin.__value__)
    return origin is list or any(is_list(each) for each in typing.get_args(annotation))


def queries():
    for function in FUNCTIONS:
        handler = getattr(import_module(function.module), function.attribute)
        for method, endpoint in getattr(handler, "endpoints", {}).items():
            if endpoint.query is not None:
                yield f"{method} {function.folder}", endpoint.query


LISTS = [
    pytest.param(query, name, field.alias or name, id=f"{place} {name}")
    for place, query in queries()
    for name, field in query.model_fields.items()
    if is_list(field.annotation)
]


def read(query, fields):
    http = {"method": "GET", "path": "/"}
    event = {
        "rawPath": "/",
        "rawQueryString": urlencode(fields),
        "requestContext": {"http": http, "requestId": "r1"},
    }
    return query.model_validate(dict(from_event(event).query))


def test_there_are_lists():
    assert {param.values[2] for param in LISTS} >= {"transactionId", "subscriberIds", "severity"}


@pytest.mark.parametrize(("query", "name", "wire"), LISTS)
def test_a_list_is_read_however_it_is_written(query, name, wire):
    for values in VALUES:
        first, second = values
        try:
            expected = query.model_validate({wire: f"{first},{second}"})
        except ValidationError:
            continue
        spelled = [
            [(wire, first), (wire, second)],
            [(f"{wire}[]", first), (f"{wire}[]", second)],
            [(f"{wire}[0]", first), (f"{wire}[1]", second)],
            [(f"{wire}[]", f"{first},{second}")],
        ]

        assert list(getattr(expected, name)) == values
        assert [read(query, fields) for fields in spelled] == [expected] * len(spelled)
        return
    pytest.fail("no values here fit")
