"""Who may call, and how a refusal is said."""

import json
import re

import pytest

from carillon.domain.base.errors import Unavailable
from carillon.domain.tenancy.access import Scope
from tests import canaries, gateway
from tests.unit.admin.conftest import EVENTS, OPERATOR

OPERATORS = re.compile(r"tenant|.*dead_letter")
TENANT_EVENTS = [path for path in EVENTS if not OPERATORS.match(path.stem)]


def call_as(path, key, **changes):
    event = json.loads(path.read_text()) | changes
    headers = {k: v for k, v in event["headers"].items() if k != "authorization"}
    if key:
        headers["authorization"] = f"Bearer {key}"
    module = __import__(f"functions.admin.{path.stem}.app", fromlist=["handler"])
    return module.handler(event | {"headers": headers}, gateway.CONTEXT)


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_nobody_gets_in_without_a_key(path, ports):
    response = call_as(path, None)

    assert response["statusCode"] == 401
    assert response["headers"]["www-authenticate"] == "Bearer"
    assert response["headers"]["content-type"] == "application/problem+json"
    assert json.loads(response["body"]).keys() == {"type", "title", "status", "detail"}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_the_placeholder_key_of_an_example_event_opens_nothing(path, ports):
    event = json.loads(path.read_text())

    response = call_as(path, event["headers"]["authorization"].partition(" ")[2])

    assert response["statusCode"] == 401


@pytest.mark.parametrize("path", TENANT_EVENTS, ids=lambda path: path.stem)
def test_a_key_without_the_admin_scope_is_forbidden_everywhere(path, ports):
    key = gateway.issue_key(ports, "acme", Scope.EVENT_TRIGGER, Scope.EVENT_LIST)

    response = call_as(path, key)

    assert response["statusCode"] == 403


@pytest.mark.parametrize("path", TENANT_EVENTS, ids=lambda path: path.stem)
def test_the_operator_is_no_tenant(path, ports):
    response = call_as(path, OPERATOR)

    assert response["statusCode"] == 401


def test_a_tenant_is_no_operator(acme):
    assert acme("GET", "/tenants").status == 401
    assert acme("GET", "/tenants/globex").status == 401
    assert acme("POST", "/tenants/globex/keys", {"name": "x", "scopes": ["admin"]}).status == 401
    assert acme("GET", "/dead-letters").status == 401
    assert acme("GET", "/dead-letters/email").status == 401
    assert acme("POST", "/dead-letters/email/redrive", {}).status == 401
    assert acme("POST", "/dead-letters/email/drop", {"all": True}).status == 401


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_a_method_that_a_path_does_not_have_is_refused_with_those_it_has(path, ports):
    key = OPERATOR if OPERATORS.match(path.stem) else gateway.issue_key(ports, "acme", *Scope)
    event = json.loads(path.read_text())
    http = event["requestContext"]["http"] | {"method": "OPTIONS"}

    response = call_as(path, key, requestContext=event["requestContext"] | {"http": http})

    assert response["statusCode"] == 405
    assert response["headers"]["allow"]


def test_the_apikey_scheme_works_too(ports):
    key = gateway.issue_key(ports, "acme", Scope.ADMIN)
    handler = __import__("functions.admin.topics.app", fromlist=["handler"]).handler

    answer = gateway.call(handler, "GET", "/admin/v1/topics", authorization=f"apikey {key}")

    assert answer.status == 200


def test_an_inactive_tenant_is_refused(ports, acme, operator):
    operator.ok("PATCH", "/tenants/acme", {"active": False})

    assert acme("GET", "/keys").status == 401


def test_what_is_no_json_is_malformed(acme):
    answer = acme("POST", "/topics", '{"topics": [')

    assert answer.status == 400
    assert answer.json["title"] == "Bad Request"


def test_a_stranger_does_not_learn_what_a_valid_body_looks_like(as_key):
    assert as_key(None)("POST", "/topics", {"nonsense": 1}).status == 401


def test_an_unknown_field_is_refused_by_name(acme):
    problems = acme.problems("POST", "/contexts", {"identifier": "a", "nmae": "A"})

    assert set(problems) == {"nmae"}


def test_a_problem_never_repeats_what_was_sent(acme):
    answer = acme(
        "POST", "/integrations", {"provider": "slack", "settings": {"bot_token": {"a": "hush"}}}
    )

    assert answer.status == 422
    assert "hush" not in answer.text


def test_what_is_not_available_now_says_when_to_try_again(acme, ports, monkeypatch):
    def unavailable(*_):
        raise Unavailable("The table is busy", retry_after=7)

    monkeypatch.setattr(ports.topics, "list", unavailable)

    answer = acme("GET", "/topics")

    assert answer.status == 503
    assert answer.headers["retry-after"] == "7"


def test_our_own_fault_tells_nothing_but_the_request_id(acme, ports, monkeypatch, capsys):
    def fail(*_):
        raise RuntimeError(f"the password is {canaries.PASSWORD}")

    monkeypatch.setattr(ports.topics, "list", fail)

    answer = acme("GET", "/topics")

    assert answer.status == 500
    assert answer.json["instance"] == "req-1"
    assert canaries.PASSWORD not in answer.text


def test_an_id_in_a_path_that_could_never_be_stored_is_not_found(acme):
    assert acme("GET", "/topics/" + "x" * 256).status == 404
