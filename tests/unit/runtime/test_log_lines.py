"""Each call ends with one log line: who, where, what came of it, and nothing that was sent."""

import json
from importlib import import_module
from pathlib import Path
from urllib.parse import quote

import pytest

from carillon.domain.base.errors import Unavailable
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.limits import Limits
from carillon.usecases.tenancy import tenants as usecase
from functions.admin.tenants.app import handler as tenants
from functions.admin.topics.app import handler as topics
from functions.fallback.unknown_path.app import handler as unknown_path
from functions.novu.trigger.app import handler as trigger
from functions.novu.trigger_bulk.app import handler as trigger_bulk
from functions.sailpoint.oauth_info.app import handler as oauth_info
from functions.sailpoint.oauth_token.app import handler as oauth_token
from local import template
from tests import builders as a
from tests import canaries, gateway

ROOT = Path(__file__).parents[3]
ROUTES = [
    (function, f"{method} {path}")
    for function in template.functions(template.read(ROOT / "template.yaml"))
    for method, path in function.routes
]
SCHEMES = {"bitcaster": "Key", "novu": "ApiKey"}
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", canaries.TEXT)
FIELDS = {
    "level", "location", "message", "timestamp", "service", "request_id", "function", "tenant",
    "key_id", "dialect", "route", "status", "ms", "error", "tracking_id", "accepted",
    "refused_events", "refused_4xx", "refused_5xx", "_aws",
}  # fmt: skip
SECRETS = {
    "email": canaries.EMAIL,
    "phone": canaries.PHONE,
    "payload": {"text": canaries.TEXT},
    "settings": {"bot_token": canaries.BOT_TOKEN, "webhook_url": canaries.SLACK_URL},
    "name": canaries.TEXT,
    "to": {"subscriberId": canaries.EMAIL, "email": canaries.EMAIL},
    canaries.TEXT: canaries.DEVICE_TOKEN,
}


@pytest.fixture
def ports():
    with gateway.using(a.world()) as ports:
        yield ports


@pytest.fixture
def lines(capsys):
    """The lines since it was called last."""

    def read():
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return read


@pytest.fixture
def line(lines):
    def read():
        [only] = lines()
        return only

    return read


@pytest.mark.parametrize(
    ("function", "route"), ROUTES, ids=[f"{function.folder}: {route}" for function, route in ROUTES]
)
def test_every_door_says_who_came_and_nothing_of_what_they_brought(function, route, ports, lines):
    """Secrets in the key, the path, its parameters, the query, the headers and the body."""
    dialect = function.folder.partition("/")[0]
    key = gateway.issue_key(ports, a.TENANT, *Scope)
    handler = getattr(import_module(function.module), function.attribute)
    path = route.partition(" ")[2]
    names = [part.strip("{}+") for part in path.split("/") if part.startswith("{")]
    parameters = dict.fromkeys(names, canaries.EMAIL)
    keys = (key, canaries.OPERATOR_KEY, f"car_{canaries.MARK}_{canaries.PASSWORD}", canaries.EMAIL)
    calls = [(method, key) for method in METHODS for key in keys]
    for method, presented in calls:
        gateway.call(
            handler,
            method,
            quote(path.replace("{", canaries.MARK)),
            SECRETS,
            path_parameters=parameters,
            query={"page": canaries.TEXT, canaries.TEXT: canaries.EMAIL},
            route=route,
            authorization=f"{SCHEMES.get(dialect, 'Bearer')} {presented}",
            **{"idempotency-key": canaries.TEXT, "user-agent": canaries.TEXT},
        )

    written = lines()
    assert len(written) == len(calls)
    for line, (method, presented) in zip(written, calls, strict=True):
        assert set(line) <= FIELDS
        assert not canaries.found(json.dumps(line))
        assert line["route"] == f"{'OTHER' if method == canaries.TEXT else method} {path}"
        assert line["message"] == ("answered" if line["status"] < 400 else "refused")
        assert line.get("tenant") in {None, a.TENANT if presented == key else None}


def test_a_success_says_whose_it_was_and_what_it_took(ports, line):
    key = gateway.issue_key(ports, "acme", Scope.EVENT_TRIGGER)
    body = {"events": [{"name": name, "to": "ana"} for name in ("welcome", "welcome", "nothing")]}

    gateway.call(
        trigger_bulk,
        "POST",
        "/v1/events/trigger/bulk",
        body,
        route="ANY /v1/events/trigger/bulk",
        authorization=f"ApiKey {key}",
    )

    written = line()
    assert written["message"] == "answered"
    assert written["request_id"] == "req-1"
    assert (written["tenant"], written["key_id"]) == ("acme", key.split("_")[1])
    assert (written["dialect"], written["route"]) == ("novu", "POST /v1/events/trigger/bulk")
    assert (written["status"], written["accepted"]) == (201, 2)
    assert written["refused_events"] == {"NotFound": 1}
    assert written["ms"] >= 0
    [metrics] = written["_aws"]["CloudWatchMetrics"]
    assert metrics["Dimensions"] == [["dialect"]]
    assert [metric["Name"] for metric in metrics["Metrics"]] == ["accepted"]


REFUSALS = {
    "MissingScope": (403, {}),
    "MethodNotAllowed": (405, {"method": "PUT"}),
    "Malformed": (400, {"body": "{"}),
    "Invalid": (422, {"body": {}}),
    "UnknownWorkflow": (422, {"body": {"name": "nothing", "to": "ana"}}),
}


@pytest.mark.parametrize(("error", "status", "call"), [(e, *s) for e, s in REFUSALS.items()])
def test_a_refusal_says_whose_it_was_and_its_class(error, status, call, ports, line):
    scope = Scope.ACTIVITY if error == "MissingScope" else Scope.EVENT_TRIGGER
    key = gateway.issue_key(ports, "acme", scope)

    answer = gateway.call(
        trigger,
        call.get("method", "POST"),
        "/v1/events/trigger",
        call.get("body", {"name": "welcome", "to": "ana"}),
        authorization=f"ApiKey {key}",
    )

    written = line()
    assert (written["message"], written["error"]) == ("refused", error)
    assert (written["tenant"], written["status"]) == ("acme", answer.status)
    assert answer.status in {status, 400}
    assert len(written["tracking_id"]) == 32
    assert written["refused_4xx"] == 1
    assert written["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [
        {"Name": "refused_4xx", "Unit": "Count"}
    ]


def test_who_gets_429_is_said(ports, line):
    key = gateway.issue_key(ports, "acme", Scope.EVENT_TRIGGER)
    body = {"events": [{"name": "welcome", "to": "ana"}] * 100}
    call = (trigger_bulk, "POST", "/v1/events/trigger/bulk", body)
    with gateway.using(ports, Limits({Category.TRIGGER: 1}, clock=lambda: 0.0)):
        gateway.call(*call, authorization=f"ApiKey {key}")
        line()

        assert gateway.call(*call, authorization=f"ApiKey {key}").status == 429
    written = line()
    assert (written["error"], written["status"]) == ("RateLimited", 429)
    assert (written["tenant"], written["key_id"]) == ("acme", key.split("_")[1])


def test_the_service_being_unavailable_counts_as_5xx(ports, line, monkeypatch):
    def unavailable(*_):
        raise Unavailable("The table is not available")

    key = gateway.issue_key(ports, "acme", Scope.ADMIN)
    monkeypatch.setattr(ports.topics, "list", unavailable)
    gateway.call(topics, "GET", "/admin/v1/topics", authorization=f"Bearer {key}")

    written = line()
    assert (written["message"], written["status"], written["refused_5xx"]) == ("refused", 503, 1)


def test_a_bug_of_ours_says_its_place_and_whose_call_it_was(ports, line, monkeypatch):
    key = gateway.issue_key(ports, "acme", Scope.ADMIN)
    monkeypatch.setattr(ports.topics, "list", lambda *_: {}[canaries.TEXT])
    gateway.call(topics, "GET", "/admin/v1/topics", authorization=f"Bearer {key}")

    written = line()
    assert (written["level"], written["message"]) == ("ERROR", "failed")
    assert (written["tenant"], written["dialect"], written["status"]) == ("acme", "admin", 500)
    assert written["errors"][0].startswith("KeyError at ")
    assert written["refused_5xx"] == 1


def test_a_key_that_is_known_and_refused_is_its_tenants(ports, line):
    """Its secret was right: the tenant is inactive."""
    key = gateway.issue_key(ports, "acme", Scope.ADMIN)
    usecase.change("acme", {"active": False}, ports=ports)

    assert gateway.call(topics, "GET", "/", authorization=f"Bearer {key}").status == 401
    assert line()["tenant"] == "acme"


def test_a_wrong_secret_is_nobodys(ports, line):
    key = gateway.issue_key(ports, "acme", Scope.ADMIN)

    assert gateway.call(topics, "GET", "/", authorization=f"Bearer {key}x").status == 401
    assert not {"tenant", "key_id"} & set(line())


def test_the_operators_calls_are_said_to_be_his(ports, line):
    gateway.call(tenants, "GET", "/", authorization=f"Bearer {canaries.OPERATOR_KEY}")

    written = line()
    assert (written["message"], written["key_id"]) == ("answered", "operator")
    assert "tenant" not in written


def test_a_token_and_the_call_that_got_it_are_its_keys(ports, line):
    key = gateway.issue_key(ports, "acme", Scope.ADMIN)
    _, id, secret = key.split("_", 2)
    form = {"grant_type": "client_credentials", "client_id": id, "client_secret": secret}
    answer = gateway.call(oauth_token, "POST", "/oauth/token", query=form)
    assert answer.status == 200, answer.text
    asked = line()

    gateway.call(
        oauth_info, "GET", "/oauth/info", authorization=f"Bearer {answer.json['access_token']}"
    )

    used = line()
    assert (asked["tenant"], asked["key_id"]) == (used["tenant"], used["key_id"]) == ("acme", id)


def test_a_path_that_nothing_answers_is_the_default_route(ports, line):
    gateway.call(unknown_path, "GET", f"/v1/{canaries.EMAIL}")

    written = line()
    assert (written["dialect"], written["route"]) == ("novu", "GET $default")
    assert (written["message"], written["error"]) == ("refused", "UnknownPath")


def test_of_two_tenants_each_line_is_its_own(ports, lines):
    keys = {name: gateway.issue_key(ports, name, Scope.ADMIN) for name in ("acme", "globex")}
    for tenant in ("acme", "globex", "globex", "acme"):
        gateway.call(topics, "GET", "/", authorization=f"Bearer {keys[tenant]}")

    assert [line["tenant"] for line in lines()] == ["acme", "globex", "globex", "acme"]
