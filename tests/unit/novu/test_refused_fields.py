"""Fields of Novu's that would have no effect are refused by name, in every call that takes one."""

import typing
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import BaseModel, BeforeValidator, ValidationError

from carillon.dialects.novu.schemas import inbox
from local import template

UNSET = (None, "", False, [], {})


def models(annotation):
    if isinstance(annotation, typing.TypeAliasType):
        yield from models(annotation.__value__)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models(field.annotation)
    for part in typing.get_args(annotation):
        yield from models(part)


def requests():
    """The models of all bodies, and of the items that are validated one by one."""
    functions = template.functions(template.read(Path(__file__).parents[3] / "template.yaml"))
    named = {each.module for each in functions if each.folder.startswith("novu/")}
    handlers = [import_module(name).handler for name in named]
    bodies = [e.body for h in handlers for e in h.endpoints.values() if e.body]
    events = import_module("carillon.dialects.novu.schemas.events")
    found = {model for body in [*bodies, events.TriggerEventRequest] for model in models(body)}
    return sorted(found, key=lambda model: model.__name__)


def why(field):
    """The reason for which a field is refused; empty for one that is not."""
    found = [each.func for each in field.metadata if isinstance(each, BeforeValidator)]
    return next((f.__doc__ or "" for f in found if f.__qualname__ == "refused.<locals>.check"), "")


REFUSED = [
    (model, field.alias or name, why(field))
    for model in requests()
    for name, field in model.model_fields.items()
    if why(field)
]


def problems(model, name, value):
    try:
        model.model_validate({name: value})
    except ValidationError as error:
        return [each["msg"] for each in error.errors() if each["loc"] == (name,)]
    return []


def test_there_are_such_fields():
    names = {(model.__name__, name) for model, name, _ in REFUSED}

    assert {
        ("TriggerEventRequest", "bridgeUrl"),
        ("TemplateStep", "variants"),
        ("MessageTemplate", "layoutId"),
        ("CreateWorkflowRequest", "isTranslationEnabled"),
        ("MarkAllRequest", "feedIdentifier"),
    } <= names


@pytest.mark.parametrize(("model", "name", "reason"), REFUSED)
def test_a_field_without_effect_is_refused_with_what_to_do(model, name, reason):
    value = {"active": True} if name == "replyCallback" else "x"

    assert problems(model, name, value) == [f"is not supported: {reason}"]
    assert [problems(model, name, unset) for unset in UNSET] == [[]] * len(UNSET)


def test_a_filter_of_the_inbox_that_is_not_known_is_refused():
    with pytest.raises(ValidationError, match="in JSON, each of read, seen"):
        inbox.InboxCountQuery(filters='[{"tags": ["billing"]}]')


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/messages", {"transactionIds": "x"}),
        ("/v1/messages", {"transactionId[x]": "y"}),
        ("/v1/notifications", {"topicKey": "x"}),
        ("/v1/subscribers/ana/notifications/feed", {"feedIdentifier": "x"}),
        ("/v2/subscribers/ana/notifications", {"contextKeys[]": "x"}),
        ("/v1/integrations", {"channel": "sms"}),
        ("/v2/subscribers", {"emails": "x"}),
    ],
)
def test_a_filter_that_is_not_known_never_returns_everything(acme, path, query):
    answer = acme("GET", path, **query)

    assert answer.status == 422
    assert [*answer.json["errors"]] == [next(iter(query)).removesuffix("[]")]
