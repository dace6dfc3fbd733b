"""No part of a credential is in a refusal, wherever it was sent and however it was written."""

import base64
import json
from importlib import import_module
from pathlib import Path
from urllib.parse import quote

import jwt
import pytest

from carillon.domain.tenancy.access import Scope
from functions.fallback.unknown_path.app import handler as unknown_path
from functions.novu.subscriber_v2.app import handler as subscriber
from functions.novu.subscribers_v2.app import handler as subscribers
from functions.sailpoint.oauth_token.app import handler as oauth_token
from local import template
from tests import builders as a
from tests import canaries, gateway

ROOT = Path(__file__).parents[3]
ROUTES = [
    (function, path)
    for function in template.functions(template.read(ROOT / "template.yaml"))
    for _, path in function.routes
]
SCHEMES = {"bitcaster": "Key", "novu": "ApiKey"}
ELSEWHERE = ("x-api-key", "idempotency-key", "user-agent", "accept-language", "cookie", "origin")


@pytest.fixture
def ports():
    with gateway.using(a.world()) as ports:
        yield ports


def encoded(key):
    _, id, secret = key.split("_", 2)
    return base64.b64encode(f"{id}:{secret}".encode()).decode()


def forms(key):
    """A credential as people put it into a header: with and without a scheme, whole or cut."""
    yield from (key, f" {key}", f"{key} {key}", key[:20], encoded(key), f"Basic {encoded(key)}")
    for scheme in ("ApiKey", "Bearer", "Basic", "Key", "Token", "apikey:", f"{key[:24]}"):
        yield f"{scheme} {key}"


def names(handler, method):
    """The fields and parameters that a method takes."""
    endpoint = getattr(handler, "endpoints", {}).get(method)
    for model in (endpoint.body, endpoint.query) if endpoint else ():
        fields = model.model_fields.items() if model else ()
        yield {field.alias or name for name, field in fields}
    yield from [set(), set()] if not endpoint else []


def refused(answer):
    if answer.status >= 400:
        assert not canaries.found(answer.text), answer.text
        assert not canaries.found(json.dumps(dict(answer.headers))), answer.headers
    return answer.status >= 400


@pytest.mark.parametrize(
    ("function", "path"), ROUTES, ids=[f"{f.folder}: {path}" for f, path in ROUTES]
)
def test_no_door_repeats_a_credential(function, path, ports):
    dialect = function.folder.partition("/")[0]
    handler = getattr(import_module(function.module), function.attribute)
    caller, planted = (gateway.issue_key(ports, a.TENANT, *Scope) for _ in range(2))
    segments = [part.strip("{}+") for part in path.split("/") if part.startswith("{")]
    own = f"{SCHEMES.get(dialect, 'Bearer')} {caller}"
    methods = getattr(handler, "endpoints", {"GET": None})

    answers = []
    for method in (*methods, "OPTIONS"):
        body, query = names(handler, method)
        calls = [(header, planted) for header in forms(planted)]
        calls += [(own, text) for text in (planted, planted.rpartition("_")[2], encoded(planted))]
        for header, text in calls:
            texts = dict.fromkeys((*body, "unknown"), text)
            for sent, asked in (
                (texts, {}),
                (texts, dict.fromkeys((*query, "client_secret"), text)),
            ):
                answers.append(
                    gateway.call(
                        handler,
                        method,
                        quote(path.replace("{", text).replace("}", "")),
                        sent,
                        path_parameters=dict.fromkeys(segments, text),
                        query=asked,
                        route=f"ANY {path}",
                        authorization=header,
                        **dict.fromkeys(ELSEWHERE, text),
                    )
                )

    found = [refused(answer) for answer in answers]
    assert any(found)


def test_a_mistake_is_still_told(ports):
    key = gateway.issue_key(ports, a.TENANT, *Scope)

    answer = gateway.call(
        subscriber, "GET", "/v2/subscribers/x", path_parameters={"subscriberId": key},
        authorization=f"ApiKey {key}",
    )  # fmt: skip
    other = gateway.call(unknown_path, "GET", f"/v1/{key}/car_registration_failed")

    assert answer.status == 404
    assert "***" in answer.json["message"]
    assert other.json["message"] == "Cannot GET /v1/***/car_registration_failed"


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Bearer {key}", 'Invalid authentication scheme: "Bearer"'),
        ("{key}", "Invalid authentication scheme"),
        ("{key} Bearer", "Invalid authentication scheme"),
        ("hunter2hunter2 x", "Invalid authentication scheme"),
    ],
)
def test_novu_names_a_scheme_and_never_what_may_be_a_key(ports, header, says):
    key = gateway.issue_key(ports, a.TENANT, *Scope)

    answer = gateway.call(
        subscribers, "GET", "/v2/subscribers", authorization=header.format(key=key)
    )

    assert (answer.status, answer.json["message"]) == (401, says)


def test_a_token_is_no_more_repeated_than_a_key(ports):
    token = jwt.encode({"sub": "k"}, "x" * 32)

    for answer in (
        gateway.call(
            subscribers, "GET", "/v2/subscribers", query={token: token}, authorization=token
        ),
        gateway.call(unknown_path, "GET", f"/v1/{token}"),
        gateway.call(
            oauth_token, "POST", "/oauth/token", query={"scope": token, "grant_type": token}
        ),
    ):
        assert answer.status >= 400
        assert token.split(".")[2] not in answer.text
