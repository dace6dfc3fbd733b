"""What every answer of this API has: who is asked, what is said of it, in which headers."""

import base64
from dataclasses import replace

import pytest

from carillon.domain.base.errors import Unavailable
from carillon.domain.tenancy.access import Scope
from functions.fallback.unknown_path.app import handler as unknown_path
from tests import fakes, gateway
from tests.unit.confluent.conftest import Api, basic

PATHS = [
    ("POST", "/integrations:test"),
    ("GET", "/integrations"),
    ("POST", "/integrations"),
    ("GET", "/integrations/x"),
    ("PATCH", "/integrations/x"),
    ("DELETE", "/integrations/x"),
    ("GET", "/subscriptions"),
    ("POST", "/subscriptions"),
    ("GET", "/subscriptions/x"),
    ("PATCH", "/subscriptions/x"),
    ("DELETE", "/subscriptions/x"),
    ("GET", "/notification-types"),
    ("GET", "/notification-types/x"),
]


def encoded(text):
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_nobody_gets_in_without_a_key(ports, method, path):
    answer = Api(None)(method, path, {})

    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith('Basic error="invalid_key"')
    assert answer.headers["x-request-id"] == answer.json["errors"][0]["id"]
    assert answer.json["errors"][0] | {"id": ""} == {
        "id": "",
        "status": "401",
        "code": "user_unauthenticated",
        "title": "Authentication Required",
        "detail": "Valid authentication credentials must be provided",
    }


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic ",
        "Basic %%%",
        "Basic /w==",
        encoded(""),
        encoded("id"),
        encoded("id:secret"),
        encoded("000000000000:" + "0" * 38),
        "Bearer",
        "Bearer nothing",
        "ApiKey car_1_2",
        "Digest x",
    ],
)
def test_a_credential_that_is_none_is_a_401(ports, authorization):
    Api(authorization).refused(401, "GET", "/integrations")


def test_the_scheme_is_in_any_case(ports):
    key = gateway.issue_key(ports, "acme", Scope.ADMIN)

    Api(basic(key).replace("Basic", "basic")).ok("GET", "/integrations")
    Api(f"bearer {key}").ok("GET", "/integrations")


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_every_path_needs_the_right_to_configure(ports, method, path):
    key = gateway.issue_key(ports, "acme", *(set(Scope) - {Scope.ADMIN}))

    assert Api(basic(key))(method, path, {}).status == 403


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_every_answer_has_a_request_id_and_what_is_left(acme, method, path):
    answer = acme(method, path, {})

    assert answer.headers["x-request-id"] == "req-1"
    assert int(answer.headers["x-ratelimit-remaining"]) <= int(answer.headers["x-ratelimit-limit"])
    assert int(answer.headers["x-ratelimit-reset"]) >= 0


def test_another_method_is_told_which_there_are(acme):
    answer = acme("PUT", "/integrations/x")

    assert (answer.status, answer.headers["allow"]) == (405, "GET, PATCH, DELETE")
    assert answer.json["errors"][0]["detail"]


def test_an_unknown_path_is_this_apis_404(ports):
    answer = gateway.call(unknown_path, "GET", "/notifications/v1/nothing")

    assert answer.status == 404
    assert answer.json["errors"][0]["title"] == "Not Found"
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize(
    "path",
    [
        "resource-preferences",
        "resource-subscriptions/rs-1",
        "resource-preferences:lookup",
        "user-notifications",
        "user-notifications:mark-all",
    ],
)
def test_what_confluent_has_and_we_have_not_says_why(ports, path):
    answer = gateway.call(unknown_path, "POST", f"/notifications/v1/{path}", {})

    assert answer.status == 404
    [error] = answer.json["errors"]
    assert "not served, as" in error["detail"]
    assert answer.headers["x-request-id"]


def test_a_store_that_is_down_is_a_503_to_try_again(acme, ports):
    class Down(fakes.Integrations):
        def all(self, tenant):
            raise Unavailable("DynamoDB is not available")

    with gateway.using(replace(ports, integrations=Down())):
        answer = acme("GET", "/integrations")

    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
