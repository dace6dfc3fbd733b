"""POST /sts/v1/oauth2/token: a key for a token, and what that opens."""

from urllib.parse import urlencode

import pytest

from carillon.domain.tenancy.access import Scope
from functions.confluent.exchange_token.app import handler
from tests import gateway
from tests.unit.confluent.conftest import Api

FORM = "application/x-www-form-urlencoded"
KIND = "urn:ietf:params:oauth:token-type"
ASKED = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": f"{KIND}:jwt",
    "requested_token_type": f"{KIND}:access_token",
    "identity_pool_id": "pool-1",
}


def exchange(fields, body=None, kind=FORM):
    sent = urlencode(fields) if body is None else body
    return gateway.call(handler, "POST", "/sts/v1/oauth2/token", sent, **{"content-type": kind})


@pytest.fixture
def key(ports):
    return gateway.issue_key(ports, "acme", *Scope)


def test_a_key_is_exchanged_for_a_token_that_opens_what_it_does(ports, key):
    answer = exchange(ASKED | {"subject_token": key})

    token = answer.json["access_token"]
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"]
    assert answer.json == {
        "access_token": token,
        "issued_token_type": f"{KIND}:access_token",
        "token_type": "Bearer",
        "expires_in": 900,
    }
    assert Api(f"Bearer {token}").ok("GET", "/integrations")["kind"] == "IntegrationList"


def test_a_token_ends_when_it_was_said_to(ports, key):
    answer = exchange(ASKED | {"subject_token": key, "expires_in": "60"}).json
    bearer = Api(f"Bearer {answer['access_token']}")

    bearer.ok("GET", "/integrations")
    ports.clock.advance(61)

    assert answer["expires_in"] == 60
    bearer.refused(401, "GET", "/integrations")


def test_a_token_opens_no_more_than_its_key(ports):
    key = gateway.issue_key(ports, "acme", Scope.EVENT_TRIGGER)
    token = exchange(ASKED | {"subject_token": key}).json["access_token"]

    Api(f"Bearer {token}").refused(403, "GET", "/integrations")


def test_what_is_no_key_is_a_401(ports, key):
    token = exchange(ASKED | {"subject_token": key}).json["access_token"]

    for subject in ("nothing", key[:-1], token):  # a token is not renewed by itself
        answer = exchange(ASKED | {"subject_token": subject})
        assert answer.status == 401
        assert answer.headers["www-authenticate"]
        assert answer.json["errors"][0]["code"] == "user_unauthenticated"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("grant_type", "client_credentials"),
        ("grant_type", None),
        ("subject_token", None),
        ("subject_token", ""),
        ("subject_token_type", "urn:x"),
        ("requested_token_type", f"{KIND}:refresh_token"),
        ("expires_in", "901"),
        ("expires_in", "0"),
        ("expires_in", "soon"),
    ],
)
def test_what_cannot_be_exchanged_is_a_400(ports, key, name, value):
    fields = ASKED | {"subject_token": key, name: value}
    answer = exchange({name: value for name, value in fields.items() if value is not None})

    assert answer.status == 400
    assert answer.json["errors"][0]["source"] == {"pointer": f"/{name}"}
    assert key not in answer.text


@pytest.mark.parametrize("kind", ["application/json", FORM, "multipart/form-data"])
def test_rubbish_is_a_400(ports, kind):
    assert exchange({}, body=b"\xff\xfe", kind=kind).status == 400
