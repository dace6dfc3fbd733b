"""POST /oauth/token, GET /oauth/info, and what a token opens."""

import base64
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from carillon.dialects import sailpoint
from carillon.domain.tenancy.access import Scope, parse_credential
from carillon.runtime.endpoint import endpoint, methods
from functions.sailpoint.oauth_info.app import handler as oauth_info
from functions.sailpoint.oauth_token.app import handler as oauth_token
from tests import fakes
from tests.gateway import call, issue_key, using

FORM = "application/x-www-form-urlencoded"
HOURS_12 = 43_200


@pytest.fixture
def ports():
    with using(fakes.ports()) as world:
        yield world


def client(ports, *scopes):
    key = parse_credential(issue_key(ports, "acme", *(scopes or Scope)))
    return {"client_id": key.id, "client_secret": key.secret}


def ask(fields, **headers):
    sent = {"content-type": FORM} | headers
    return call(oauth_token, "POST", "/oauth/token", urlencode(fields), **sent)


def multipart(fields):
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return "".join(parts).encode() + b"--b--\r\n"


@endpoint(sailpoint.dialect, scope=Scope.ADMIN)
def who(call):
    return {"tenant": call.tenant, "application": call.application}


whoami = methods(GET=who)


def get_who(token, path="/beta/who", **parameters):
    authorization = {"authorization": f"Bearer {token}"}
    return call(whoami, "GET", path, path_parameters=parameters, **authorization)


def test_a_form_gives_a_token(ports):
    fields = {"grant_type": "client_credentials", **client(ports)}

    answer = ask(fields)

    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json.pop("access_token")
    body = answer.json
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == HOURS_12
    assert body["scope"] == "sp:scopes:all"
    assert body["tenant_id"] == "acme"
    assert get_who(body["access_token"]).json["tenant"] == "acme"


def test_so_do_a_multipart_form_a_query_string_and_a_basic_header(ports):
    known = client(ports)
    fields = {"grant_type": "CLIENT_CREDENTIALS", **known}
    basic = base64.b64encode(":".join(known.values()).encode()).decode()
    path = "/oauth/token"

    answers = [
        call(
            oauth_token,
            "POST",
            path,
            multipart(fields),
            **{"content-type": "multipart/form-data; boundary=b"},
        ),
        call(oauth_token, "POST", path, query=fields),
        ask({"grant_type": "client_credentials"}, authorization=f"Basic {basic}"),
    ]

    assert [answer.status for answer in answers] == [200] * 3
    assert all(get_who(answer.json["access_token"]).status == 200 for answer in answers)


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "", "client_secret": ""}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"scope": "sp:unheard-of"}, 400, "invalid_scope"),
    ],
)
def test_a_refusal_is_said_in_oauths_words(ports, changes, status, error):
    fields = {"grant_type": "client_credentials", **client(ports)} | changes

    answer = ask(fields)

    assert (answer.status, answer.json["error"]) == (status, error)
    assert len(answer.json["trackingId"]) == 32


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FORM),
        (b"\xff\xfe", FORM),
        (b"", "multipart/form-data"),
        (b"--b\r\nContent-Disposition: form-data", "multipart/form-data; boundary=b"),
        (b"--b\r\n\r\n\xff\r\n--b--", "multipart/form-data; boundary=b"),
        (b"{}", "application/json"),
    ],
)
def test_what_is_no_form_is_a_bad_request(ports, body, kind):
    answer = call(oauth_token, "POST", "/oauth/token", body, **{"content-type": kind})

    assert (answer.status, answer.json["error"]) == (400, "invalid_request")


def test_tokens_are_posted_for(ports):
    answer = call(oauth_token, "GET", "/oauth/token")

    assert (answer.status, answer.headers["allow"]) == (405, "POST")


def test_a_token_allows_what_its_key_does_and_no_more_than_was_asked_for(ports):
    fields = {"grant_type": "client_credentials", **client(ports, Scope.ACTIVITY, Scope.ADMIN)}

    whole = ask(fields).json
    less = ask(fields | {"scope": "sp:scopes:default"}).json

    assert "idn:notification-templates:create" in whole["scope"].split()
    assert less["scope"].split() == [
        "sp:trigger-service-invocation-status:read",
        "sp:trigger-service-subscriptions:read",
    ]
    assert get_who(whole["access_token"]).status == 200
    assert get_who(less["access_token"]).status == 403


def test_a_token_ends(ports):
    token = ask({"grant_type": "client_credentials", **client(ports)}).json["access_token"]

    ports.clock.advance(HOURS_12)

    answer = get_who(token)
    assert answer.status == 401
    assert answer.json == {"error": "JWT validation failed: JWT is expired"}


def test_a_token_of_a_tenant_that_is_switched_off_opens_nothing(ports):
    token = ask({"grant_type": "client_credentials", **client(ports)}).json["access_token"]
    tenant = ports.tenants.get("acme")

    ports.tenants.put(type(tenant)(**(tenant.__dict__ | {"active": False})))

    assert get_who(token).json == {"error": "JWT validation failed: JWT is invalid"}


def test_a_key_that_is_shown_as_a_bearer_opens_what_a_token_would(ports):
    assert get_who(issue_key(ports, "acme", Scope.ADMIN)).status == 200


def test_info_says_where_tokens_are_issued_and_for_whom(ports):
    token = ask({"grant_type": "client_credentials", **client(ports)}).json["access_token"]
    place = {"host": "api.example.com", "x-forwarded-proto": "https"}

    anybody = call(oauth_info, "GET", "/oauth/info", **place).json
    known = call(oauth_info, "GET", "/oauth/info", authorization=f"Bearer {token}", **place).json

    assert anybody["tokenEndpoint"] == "https://api.example.com/oauth/token"
    assert anybody["tenantId"] is None
    assert (known["tenantId"], known["tenantName"]) == ("acme", "acme")
    wrong = call(oauth_info, "GET", "/oauth/info", authorization="Bearer no", **place)
    assert wrong.status == 401


@pytest.mark.parametrize("end", ["revoked", "expired"])
def test_a_token_ends_with_its_key(ports, end):
    known = client(ports)
    token = ask({"grant_type": "client_credentials", **known}).json["access_token"]
    id = known["client_id"]
    assert get_who(token).status == 200

    if end == "revoked":
        ports.of("acme").api_keys.remove(id)
    else:
        ports.api_keys.by_id[id] = replace(ports.api_keys.by_id[id], expires_at=ports.clock.now())

    assert get_who(token).status == 401
