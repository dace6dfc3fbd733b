"""What Novu's official client can send is understood, or refused by its name.

The parameters and fields are read from novu-py's own models, method by method. A query parameter
that a call does not have is refused (tests/unit/runtime/test_forms.py); a field of a body is in our
model, where it has an effect or is refused, or in the table below.
"""

import inspect
import re
from functools import cache
from importlib import import_module

import novu_py
import pytest
from novu_py import models

from tests.contracts import sdk
from tests.contracts.published import missing

# Refused as parameters that the call does not have.
REFUSED = {
    ("messages.retrieve", "contextKeys"),
    ("notifications.list", "contextKeys"),
    ("notifications.list", "severity"),
    ("notifications.list", "subscriptionId"),
    ("notifications.list", "topicKey"),
    ("subscribers.notifications.list", "contextKeys"),
    ("subscribers.preferences.list", "contextKeys"),
    ("subscribers.topics.list", "contextKeys"),
    ("topics.subscriptions.list", "contextKeys"),
    ("workflows.get", "environmentId"),
}
# Taken and not kept, since nothing that anybody gets depends on them.
WITHOUT_EFFECT = {
    ("workflows.create", "__source"): "who made the workflow",
    ("workflows.create", "steps._id"): "a step is known by its channel",
    ("workflows.create", "steps.stepId"): "a step is known by its channel",
    ("workflows.update", "origin"): "who made the workflow",
    ("workflows.update", "steps._id"): "a step is known by its channel",
    ("workflows.update", "steps.stepId"): "a step is known by its channel",
}
SERVED = [method for method in sdk.methods() if method.is_served]


CLIENT = novu_py.Novu(secret_key="none", server_url="http://localhost")


@cache
def source(method):
    part = CLIENT
    *parts, name = method.name.split(".")
    for each in parts:
        part = getattr(part, each)
    return inspect.getsource(getattr(type(part), name))


def endpoint(method):
    match = sdk.routes().find(method.verb, re.sub(r"\{\w+\}", "x", method.path))
    return import_module(match.function.module).handler.endpoints[method.verb]


def parameters(method):
    """The names of the query's parameters, as the client writes them."""
    pattern = r"request = models\.(\w+)\(|request: Union\[\s*models\.(\w+)"
    found = re.search(pattern, source(method))
    if not found:
        return set()
    fields = getattr(models, found[1] or found[2]).model_fields
    return {
        field.alias or name
        for name, field in fields.items()
        if any(getattr(each, "query", None) for each in field.metadata)
    }


def body(method):
    found = re.search(r'"json",\s*(?:Optional\[)?(?:models\.)?(\w+)', source(method))
    return getattr(models, found[1]) if found else None


def test_every_parameter_of_a_query_is_one_of_ours_or_refused():
    found = set()
    for method in SERVED:
        query = endpoint(method).query
        ours = {f.alias or name for name, f in query.model_fields.items()} if query else set()
        found |= {(method.name, name) for name in parameters(method) - ours}

    assert found == REFUSED


@pytest.mark.parametrize("method", SERVED, ids=lambda method: method.name)
def test_every_field_of_a_body_is_one_of_ours_or_has_a_reason(method):
    published = body(method)

    if published is not None:
        found = {(method.name, name) for name in missing([published], [endpoint(method).body])}
        assert found == {key for key in WITHOUT_EFFECT if key[0] == method.name}


@pytest.mark.parametrize(
    ("ours", "published"),
    [
        ("TriggerEventRequest", "TriggerEventRequestDto"),
        ("CreateSubscriberRequest", "CreateSubscriberRequestDto"),
    ],
)
def test_items_of_a_bulk_have_every_field_as_well(ours, published):
    """They are validated one by one, so that the bulk's own model does not know them."""
    of_events = import_module("carillon.dialects.novu.schemas.events")
    of_people = import_module("carillon.dialects.novu.schemas.subscribers")
    model = getattr(of_events, ours, None) or getattr(of_people, ours)

    assert missing([getattr(models, published)], [model]) == []


def test_the_client_says_what_it_sends():
    assert len([method for method in SERVED if body(method)]) > 20
    assert len({name for method in SERVED for name in parameters(method)}) > 20
