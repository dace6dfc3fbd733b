"""What a request may say is read by its dialect: a field that nothing reads would be dropped."""

import ast
import typing
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import BaseModel, BeforeValidator

from local import template

ROOT = Path(__file__).parents[2]
FUNCTIONS = template.functions(template.read(ROOT / "template.yaml"))
DIALECTS = ROOT / "layers/core/python/carillon/dialects"
# Models that are handed over whole, so that no field of theirs is named.
WHOLE = {"InAppRequest", "Person", "CreateSubscriberRequest", "SubscriberPayload"}
# Fields that are taken and not read.
WITHOUT_EFFECT = {
    ("bitcaster", "RegisteredAddress", "assign_to_preferred_channel"): "an address goes by its "
    "medium's integration, chosen or not",
    ("confluent", "TokenRequest", "grant_type"): "can be said in one way only",
    ("confluent", "TokenRequest", "requested_token_type"): "can be said in one way only",
    ("confluent", "TokenRequest", "subject_token_type"): "a token is known by its form",
    ("novu", "Controls", "editor_type"): "how an editor shows the body, which is the same",
    ("novu", "CreateIntegrationRequest", "kind"): "delivery, or refused",
}


def models(annotation, found):
    if isinstance(annotation, typing.TypeAliasType):
        models(annotation.__value__, found)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation in found:
            return
        found.add(annotation)
        for field in annotation.model_fields.values():
            models(field.annotation, found)
    for part in typing.get_args(annotation):
        models(part, found)


def requests(dialect):
    found: set[type[BaseModel]] = set()
    for function in FUNCTIONS:
        if function.folder.startswith(f"{dialect}/"):
            handler = getattr(import_module(function.module), function.attribute)
            for endpoint in getattr(handler, "endpoints", {}).values():
                models(endpoint.body, found)
                models(endpoint.query, found)
    return found


@cache
def named(dialect):
    """The names that the dialect's code has for attributes, and the words of its literals."""
    files = [*(DIALECTS / dialect).rglob("*.py"), *(ROOT / "functions" / dialect).rglob("*.py")]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text()))]
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    literals = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return attributes | {
        word for text in literals if isinstance(text, str) for word in text.split()
    }


def is_refused(field):
    alias = field.annotation
    own = typing.get_args(alias.__value__) if isinstance(alias, typing.TypeAliasType) else ()
    said = [*field.metadata, *own]
    validators = [each.func for each in said if isinstance(each, BeforeValidator)]
    return any(each.__qualname__.startswith("refused.") for each in validators)


@pytest.mark.parametrize("dialect", ["admin", "bitcaster", "confluent", "novu", "sailpoint"])
def test_every_field_of_a_request_is_read_refused_or_has_a_reason(dialect):
    unread = {
        (dialect, model.__name__, name)
        for model in requests(dialect)
        for name, field in model.model_fields.items()
        if model.__name__ not in WHOLE and name not in named(dialect) and not is_refused(field)
    }

    assert unread == {field for field in WITHOUT_EFFECT if field[0] == dialect}
