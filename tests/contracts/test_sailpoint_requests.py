"""What SailPoint's official client can send is understood, or refused by its name.

The parameters and fields are read from the client's own operations and models.
"""

import inspect
import re
from functools import cache
from importlib import import_module

import pytest
from sailpoint.notifications.api.notifications_api import NotificationsApi
from sailpoint.triggers.api.triggers_api import TriggersApi

from tests.contracts import sdk
from tests.contracts.published import forms, missing

# Set by the server, as SailPoint's specification says of them.
READ_ONLY = {
    "create_notification_template_v1": {"id", "created", "modified"},
    "create_verified_from_address_v1": {
        "id",
        "isVerifiedByDomain",
        "verificationStatus",
        "region",
    },
    # An `id` is an identity's or a group's, and only addresses are taken.
    "set_notification_preferences_v1": {"modified", "ccList.id", "bccList.id"},
}


@cache
def source(api, name):
    return inspect.getsource(getattr(api, f"_{name}_serialize"))


def endpoint(api, name):
    """Our method behind an operation; None for one that is not served."""
    verb = re.search(r"method='(\w+)'", source(api, name))[1]
    path = re.sub(r"\{\w+\}", "x", re.search(r"resource_path='([^']+)'", source(api, name))[1])
    match = sdk.routes().find(verb, path.replace("/v1", ""))
    handler = import_module(match.function.module).handler if match else None
    return getattr(handler, "endpoints", {}).get(verb)


OPERATIONS = [
    pytest.param(api, name, id=name)
    for api in (NotificationsApi, TriggersApi)
    for name in vars(api)
    if hasattr(api, f"_{name}_serialize") and endpoint(api, name)
]


def test_there_are_operations():
    assert len(OPERATIONS) > 18


@pytest.mark.parametrize(("api", "name"), OPERATIONS)
def test_every_parameter_of_a_query_is_one_of_ours(api, name):
    sent = set(re.findall(r"_query_params\.append\(\('([^']+)'", source(api, name)))
    query = endpoint(api, name).query
    ours = {field.alias or each for each, field in query.model_fields.items()} if query else set()

    assert sent <= ours


@pytest.mark.parametrize(("api", "name"), OPERATIONS)
def test_every_field_of_a_body_is_one_of_ours_or_the_servers(api, name):
    body, parameter = (
        endpoint(api, name).body,
        re.search(r"_body_params = (\w+)", source(api, name)),
    )
    if body is None or parameter is None:
        return
    function = getattr(api, name)
    arguments = inspect.signature(getattr(function, "raw_function", function)).parameters
    root = body.model_fields.get("root")

    found = missing(
        forms(arguments[parameter[1]].annotation), forms(root.annotation) if root else [body]
    )

    assert set(found) == READ_ONLY.get(name, set())
