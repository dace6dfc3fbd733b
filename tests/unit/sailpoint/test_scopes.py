"""Each operation demands exactly the scope that SailPoint's specification names for it.

Source: the `security` of each operation at https://developer.sailpoint.com/docs/api. The published
scope of an operation is on the left; a scope whose name ends in `manage` includes `read`.
"""

from importlib import import_module
from pathlib import Path
from urllib.parse import urlencode

import pytest

from carillon.domain.tenancy.access import Scope, parse_credential
from tests import fakes, gateway

UNKNOWN = "0f11f2a4-7c94-4bf3-a2bd-742580fe3bde"
PUBLISHED = {
    ("triggers", "GET"): "sp:trigger-service-subscriptions:read",
    ("subscriptions", "GET"): "sp:trigger-service-subscriptions:read",
    ("subscriptions", "POST"): "sp:trigger-service-subscriptions:manage",
    ("subscription", "PUT"): "sp:trigger-service-subscriptions:manage",
    ("subscription", "PATCH"): "sp:trigger-service-subscriptions:manage",
    ("subscription", "DELETE"): "sp:trigger-service-subscriptions:manage",
    ("validate_filter", "POST"): "sp:trigger-service-subscriptions:manage",
    ("invocation_status", "GET"): "sp:trigger-service-invocation-status:read",
    ("test_invocation", "POST"): "sp:trigger-service-invocation-status:manage",
    ("send_test_notification", "POST"): "idn:notification-templates:create",
    ("notification_templates", "GET"): "idn:notification-templates:read",
    ("notification_templates", "POST"): "idn:notification-templates:create",
    ("notification_template", "GET"): "idn:notification-templates:read",
    ("delete_notification_templates", "POST"): "idn:notification-templates:delete",
    ("notification_template_defaults", "GET"): "idn:notification-template-defaults:read",
    ("notification_template_context", "GET"): "idn:notification-templates:read",
    ("notification_template_variables", "GET"): "idn:notification-templates:read",
    ("notification_preferences", "GET"): "idn:notification-preferences:read",
    ("notification_preferences", "PUT"): "idn:notification-preferences:update",
    # No scope is published for these: they need all.
    ("verified_from_addresses", "GET"): "admin",
    ("verified_from_addresses", "POST"): "admin",
    ("verified_from_addresses", "DELETE"): "admin",
    ("verified_domains", "GET"): "admin",
    ("verified_domains", "POST"): "admin",
    ("mail_from_attributes", "GET"): "admin",
    ("mail_from_attributes", "PUT"): "admin",
}
WITHOUT_A_SCOPE = {"complete_invocation", "oauth_info", "oauth_token"}
INCLUDED = {
    "sp:trigger-service-subscriptions:manage": {"sp:trigger-service-subscriptions:read"},
    "sp:trigger-service-invocation-status:manage": {"sp:trigger-service-invocation-status:read"},
    "activity": {"sp:trigger-service-invocation-status:read"},
    "admin": {name.value for name in Scope if ":" in name and not name.startswith("event")},
}
FOLDERS = {app.parent.name for app in Path("functions/sailpoint").glob("*/app.py")}


@pytest.fixture
def ports():
    with gateway.using(fakes.ports()) as ports:
        yield ports


def ask(folder, method, bearer):
    handler = import_module(f"functions.sailpoint.{folder}.app").handler
    known = {"id": UNKNOWN, "key": "none", "medium": "EMAIL"}
    return gateway.call(
        handler, method, "/x", {}, path_parameters=known, authorization=f"Bearer {bearer}"
    )


def token_of(key, scope):
    known = parse_credential(key)
    form = {
        "grant_type": "client_credentials",
        "client_id": known.id,
        "client_secret": known.secret,
    }
    handler = import_module("functions.sailpoint.oauth_token.app").handler
    answer = gateway.call(
        handler,
        "POST",
        "/oauth/token",
        urlencode(form | ({"scope": scope} if scope else {})),
        **{"content-type": "application/x-www-form-urlencoded"},
    )
    return answer.json


def allows(held, demanded):
    return demanded == held or demanded in INCLUDED.get(held, ())


def test_every_operation_has_its_scope():
    tabled = {folder for folder, _ in PUBLISHED}

    assert tabled | WITHOUT_A_SCOPE == FOLDERS
    for folder in tabled:
        handler = import_module(f"functions.sailpoint.{folder}.app").handler
        assert {method for f, method in PUBLISHED if f == folder} == set(handler.endpoints)


@pytest.mark.parametrize("held", list(Scope))
@pytest.mark.parametrize(("operation", "demanded"), PUBLISHED.items())
def test_a_key_does_what_its_scope_allows_and_nothing_else(ports, operation, demanded, held):
    key = gateway.issue_key(ports, "acme", held)

    answer = ask(*operation, key)

    assert (answer.status != 403) == allows(held, demanded), answer.text


@pytest.mark.parametrize("asked", [name for name in Scope if name.startswith(("sp:", "idn:"))])
@pytest.mark.parametrize(("operation", "demanded"), PUBLISHED.items())
def test_a_token_does_what_it_asked_for_and_nothing_else(ports, operation, demanded, asked):
    key = gateway.issue_key(ports, "acme", *Scope)

    token = token_of(key, asked)

    assert asked in token["scope"].split()
    answer = ask(*operation, token["access_token"])
    assert (answer.status != 403) == allows(asked, demanded), answer.text


@pytest.mark.parametrize("held", list(Scope))
@pytest.mark.parametrize("asked", list(Scope))
def test_a_token_has_no_scope_that_its_key_lacks(ports, held, asked):
    answer = token_of(gateway.issue_key(ports, "acme", held), asked)

    if allows(held, asked):
        assert asked in answer["scope"].split()
    else:
        assert answer["error"] == "invalid_scope"
        assert asked in answer["error_description"]


@pytest.mark.parametrize("asked", ["", "sp:scopes:all"])
@pytest.mark.parametrize("held", list(Scope))
def test_all_scopes_are_all_of_the_keys(ports, held, asked):
    answer = token_of(gateway.issue_key(ports, "acme", held), asked)

    assert set(answer["scope"].split()) == {s for s in Scope if allows(held, s)}


def test_a_default_of_which_a_key_has_nothing_is_no_token(ports):
    answer = token_of(gateway.issue_key(ports, "acme", Scope.EVENT_TRIGGER), "sp:scopes:default")

    assert answer["error"] == "invalid_scope"
