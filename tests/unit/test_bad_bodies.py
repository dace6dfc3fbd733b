"""What is wrong with a body is told with 4xx in the caller's dialect, and leaves nothing behind.

The bodies are made from the endpoints' own models, of calls that succeed. Novu's have more asked of
them (`novu/test_bad_input.py`), and Confluent's published contract asks for its own.
"""

import json
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from carillon.domain.activity.dead_letters import FAN_OUT
from carillon.domain.audience.contexts import Context
from carillon.domain.audience.topics import Topic
from carillon.domain.catalogue.applications import Application
from carillon.domain.integrations.senders import Sender
from carillon.domain.subscriptions.subscriptions import Target
from carillon.domain.tenancy.access import KeyReach, Scope
from carillon.runtime.endpoint import Handler
from local import template
from local.routing import Routes
from tests import builders as a
from tests import canaries, forms, gateway
from tests.unit.novu import telling
from tests.variants import Model

TEMPLATE = template.read(Path(__file__).parents[2] / "template.yaml")
ROUTES = Routes.of(template.functions(TEMPLATE))
SCHEMES = {"admin": "Bearer", "sailpoint": "Bearer", "bitcaster": "Key"}
NAMED = {"name": "New", "description": "It is new"}
FLAGS = {"active": True, "locked": False, "paused": False}
SCHEMA = {"type": "object"}
PERSON = {
    "id": "new",
    "email": canaries.EMAIL,
    "phone": canaries.PHONE,
    "first_name": "Ana",
    "last_name": "Lopez",
    "avatar": "https://example.com/ana.png",
    "locale": "de-CH",
    "timezone": "Europe/Zurich",
    "data": {"plan": "gold"},
    "channels": [{"provider": "slack", "webhook_url": canaries.SLACK_URL}],
    "revive": False,
}
KEY = {
    "name": "New",
    "scopes": ["event:trigger"],
    "application": "shop/orders",
    "environments": ["production"],
    "expires_at": "2030-01-01T00:00:00Z",
    "reach": "application",
}
TYPE = {
    **FLAGS,
    "name": "New",
    "description": "It is new",
    "input_schema": SCHEMA,
    "output_schema": SCHEMA,
    "sample": {"n": 1},
    "sample_output": {"n": 1},
    "category": "shop",
    "tags": ["orders"],
    "priority": "required",
    "severity": "warn",
}
ENDPOINT = {
    "name": "New",
    "description": "It is new",
    "type": "HTTP",
    "enabled": True,
    "responseDeadline": "PT1H",
    "filter": "$[?($.n == 1)]",
    "httpConfig": {
        "url": "https://example.com/hook",
        "httpDispatchMode": "SYNC",
        "httpAuthenticationType": "BASIC_AUTH",
        "basicAuthConfig": {"userName": "carillon", "password": canaries.PASSWORD},
    },
}
USER = {"first_name": "Ana", "last_name": "Lopez", "custom_fields": {"plan": "gold"}}
SHOP = "/api/o/acme/p/shop/a/orders"


@dataclass(frozen=True)
class Call:
    """A call of an endpoint that succeeds."""

    method: str
    path: str
    body: Any = field(hash=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @cached_property
    def match(self):
        return ROUTES.find(self.method, self.path)

    @cached_property
    def handler(self):
        return import_module(self.match.function.module).handler

    @property
    def dialect(self) -> str:
        return self.match.function.folder.partition("/")[0]

    @property
    def endpoint(self):
        return self.handler.endpoints[self.method]

    @cached_property
    def model(self) -> Model:
        return Model(self.endpoint.body)


ADMIN = [
    Call("POST", "/applications", {"application": "shop/new", **NAMED, **FLAGS}),
    Call("PATCH", "/applications/shop/orders", NAMED | FLAGS),
    Call("POST", "/contexts", {"identifier": "new", "name": "New", "data": {"plan": "gold"}}),
    Call("PATCH", "/contexts/north", {"name": "New", "data": {"plan": "gold"}}),
    Call("POST", f"/dead-letters/{FAN_OUT}/redrive", {"ids": ["x"], "tenant": "acme", "limit": 5}),
    Call("POST", f"/dead-letters/{FAN_OUT}/drop", {"ids": ["x"], "all": False, "limit": 5}),
    Call("POST", "/event-types", {"slug": "new", "application": "shop/orders", **TYPE}),
    Call("PATCH", "/event-types/ours", TYPE),
    Call(
        "PUT",
        "/event-types/ours/templates",
        {
            "medium": "email",
            "provider": "ses",
            "locale": "de",
            "subject": "Hello",
            "body": "Hello {{ name }}",
            "html": "<p>Hello</p>",
            "active": True,
        },
    ),
    Call(
        "POST",
        "/event-types/all/test",
        {
            "medium": "email",
            "address": {"email": canaries.EMAIL},
            "cc": [canaries.EMAIL],
            "bcc": [canaries.EMAIL],
            "integration": "int_ses",
            "locale": "de",
            "payload": {"number": 1},
        },
    ),
    Call(
        "POST",
        "/integrations",
        {
            "provider": "slack",
            "identifier": "new",
            **NAMED,
            "active": True,
            "primary": True,
            "settings": {"bot_token": canaries.BOT_TOKEN},
        },
    ),
    Call(
        "PATCH",
        "/integrations/int_slack",
        {**NAMED, "active": True, "primary": True, "settings": {"bot_token": canaries.BOT_TOKEN}},
    ),
    Call("POST", "/keys", KEY),
    Call("POST", "/replays", {"invocation": "told", "statuses": ["sent"], "deliveries": ["x"]}),
    Call(
        "POST",
        "/replays",
        {"event_type": "note", "from": "2026-01-01T00:00:00Z", "to": "2026-01-01T01:00:00Z"},
    ),
    Call("POST", "/subscribers", {"subscribers": [PERSON]}),
    Call(
        "POST",
        "/subscriptions",
        {
            "event_type": "ours",
            "application": "default/default",
            "target": {"integration": ["int_webhook"]},
            **NAMED,
            "environments": ["production"],
            "filter": "$[?($.n == 1)]",
            "active": True,
        },
    ),
    Call(
        "PATCH",
        "/subscriptions/sub_int_webhook",
        {**NAMED, "environments": ["production"], "filter": "$[?($.n == 1)]", "active": True},
    ),
    Call("POST", "/subscriptions/sub_int_webhook/test", {"input": {"n": 1}}),
    Call("POST", "/tenants", {"id": "new", "name": "New"}),
    Call("PATCH", "/tenants/acme", {"name": "New", "active": True}),
    Call("POST", "/tenants/acme/keys", KEY),
    Call("POST", "/topics", {"topics": [{"key": "new", "name": "New", "members": ["ana"]}]}),
    Call("PATCH", "/topics/team", {"name": "New"}),
    Call("POST", "/topics/team/members", {"members": ["ana"]}),
    Call("DELETE", "/topics/team/members", {"members": ["ana"]}),
]
SUBSCRIBE = Call("POST", "/trigger-subscriptions", {"triggerId": "ours", **ENDPOINT})
SAILPOINT = [
    Call(
        "PUT",
        "/notification-preferences/ours",
        {
            "key": "ours",
            "mediums": ["EMAIL"],
            "ccList": [{"type": "STATIC_EMAIL", "email": "a@example.com"}],
            "bccList": [{"type": "STATIC_EMAIL", "email": "b@example.com"}],
        },
    ),
    Call(
        "POST",
        "/notification-templates",
        {
            "key": "ours",
            "name": "New",
            "medium": "EMAIL",
            "locale": "en",
            "subject": "Hello",
            "header": None,
            "body": "Hello $name",
            "footer": None,
            "description": "It is new",
        },
    ),
    Call(
        "POST",
        "/notification-templates/bulk-delete",
        [{"key": "own", "medium": "EMAIL", "locale": "en"}],
    ),
    Call(
        "POST",
        "/send-test-notification",
        {
            "key": "all",
            "medium": "EMAIL",
            "locale": "en",
            "context": {"number": "1"},
            "recipientEmailList": [canaries.EMAIL],
            "carbonCopy": ["cc@example.com"],
            "blindCarbonCopy": ["bcc@example.com"],
        },
    ),
    Call(
        "POST",
        "/trigger-invocations/test",
        {
            "triggerId": "ours",
            "contentJson": {"by": "test"},
            "input": {"n": 1},
            "subscriptionIds": ["<subscription>"],
        },
    ),
    SUBSCRIBE,
    Call("PUT", "/trigger-subscriptions/<subscription>", {"triggerId": "ours", **ENDPOINT}),
    Call("POST", "/trigger-subscriptions/validate-filter", {"input": {"n": 1}, "filter": "$.n"}),
    Call("POST", "/verified-from-addresses", {"email": "new@example.com"}),
    Call("POST", "/verified-domains", {"domain": "new.example.com"}),
    Call(
        "PUT",
        "/mail-from-attributes",
        {"identity": "example.org", "mailFromDomain": "bounces.example.org"},
    ),
]
BITCASTER = [
    Call(
        "POST",
        f"{SHOP}/e/paid/trigger",
        {
            "context": {"n": 1},
            "options": {
                "channels": ["slack"],
                "environs": ["production"],
                "filters": {"include": [{"custom_fields__plan": "gold"}], "exclude": []},
                "limit_to": ["ana@example.com"],
            },
        },
    ),
    Call(
        "POST",
        f"{SHOP}/register",
        {
            **USER,
            "username": "new",
            "email": "new@example.com",
            "active": True,
            "addresses": [{"name": "home", "value": "new@example.com"}],
            "distribution_list": "Team",
        },
    ),
    Call("POST", "/api/o/acme/p/shop/d", {"name": "New"}),
    Call("POST", "/api/o/acme/p/shop/d/team/add", ["ana"]),
    Call("POST", "/api/o/acme/u", {"email": "new@example.com", **USER}),
    Call("PATCH", "/api/o/acme/u/ana", {**USER, "locked": False, "_mode": "merge"}),
    Call("PUT", "/api/o/acme/u/ana", {**USER, "locked": False, "_mode": "merge"}),
    Call("POST", "/api/o/acme/u/ana/addresses", {"name": "phone", "value": "+39061234567"}),
]
CALLS = [*(replace(call, path=f"/admin/v1{call.path}") for call in ADMIN), *SAILPOINT, *BITCASTER]
# It needs what was invoked, and its secret: sailpoint/test_invocations.py asks it.
ELSEWHERE = {("sailpoint/complete_invocation", "POST")}
each_call = pytest.mark.parametrize("good", CALLS, ids=str)


@pytest.fixture
def ports():
    ports = telling.world()
    telling.tell(ports, "told", "ana")
    times = {"created_at": a.NOW, "updated_at": a.NOW}
    for slug, fields in {
        "ours": {"sample": {"n": 1}},
        "own": {},
        "paid": {"application": "shop/orders", "media": {}},
    }.items():
        ports.event_types.save(a.TENANT, a.event_type(slug, **fields), expected=None)
    ports.applications.put(a.TENANT, Application(path="shop/orders", name="Orders", **times))
    ports.templates.put(a.TENANT, a.template("own", custom=True))
    ports.topics.put(a.TENANT, Topic(key="team", name="Team", **times))
    ports.contexts.put(a.TENANT, Context(identifier="north", **times))
    ports.integrations.put(a.TENANT, a.webhook())
    ports.subscriptions.put(a.TENANT, a.subscription(Target.INTEGRATION, "int_webhook"))
    ports.senders.add(a.TENANT, Sender(email="@example.org", created_at=a.NOW))
    ports.identities.add("example.org")
    with gateway.using(ports) as ports:
        yield ports


@pytest.fixture
def known(ports):
    """What stands for ids that only the calls before give."""
    key = shop_key(ports)
    made = ask(SUBSCRIBE, key, SUBSCRIBE.body)
    assert made.status == 201, made.text
    return {"<subscription>": made.json["id"]}


def shop_key(ports):
    """A key that may do everything, of an application, in all of its organization."""
    secret = gateway.issue_key(ports, a.TENANT, *Scope)
    [id] = [id for id in ports.api_keys.by_id if f"_{id}_" in secret]
    own = ports.api_keys.by_id[id]
    ports.api_keys.by_id[id] = replace(own, reach=KeyReach.ORGANIZATION)
    return secret


def ask(good, key, body, known=(), kind=None):
    def filled(text):
        return reduce(lambda text, name: text.replace(name, known[name]), known, text)

    written = filled(json.dumps(body))
    credential = canaries.OPERATOR_KEY if good.endpoint.rules.operator else key
    return gateway.call(
        good.handler,
        good.method,
        filled(good.path),
        forms.written(json.loads(written), kind) if kind else written,
        path_parameters={name: filled(id) for name, id in good.match.parameters.items()},
        host="api.carillon.example",
        authorization=f"{SCHEMES[good.dialect]} {credential}",
        **{"content-type": kind or "application/json"},
    )


def assert_refused(dialect, answer):
    assert 400 <= answer.status < 429, (answer.status, answer.text)
    match dialect:
        case "admin":
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json["status"] == answer.status
        case "sailpoint":
            assert {"detailCode", "trackingId", "messages"} <= answer.json.keys()
        case _:
            assert isinstance(answer.json, dict | list)


def test_every_body_is_asked():
    served = {
        (function.folder, method)
        for function in template.functions(TEMPLATE)
        if function.folder.partition("/")[0] in SCHEMES
        # The function of Bitcaster's trailing slashes has no endpoints of its own.
        if isinstance(handler := import_module(function.module).handler, Handler)
        for method, endpoint in handler.endpoints.items()
        if endpoint.body
    }

    assert {(call.match.function.folder, call.method) for call in CALLS} == served - ELSEWHERE


@each_call
def test_the_call_in_the_table_succeeds(good, ports, known):
    answer = ask(good, shop_key(ports), good.body, known)

    assert answer.status in {200, 201, 202, 204}, answer.text
    assert good.model.allows(good.body)


@pytest.mark.parametrize("kind", [forms.URLENCODED, forms.MULTIPART])
@pytest.mark.parametrize(
    "good", [good for good in SAILPOINT if isinstance(good.body, dict)], ids=str
)
def test_sailpoints_call_succeeds_as_a_form(good, kind, ports, known):
    answer = ask(good, shop_key(ports), good.body, known, kind)

    assert answer.status in {200, 201, 202, 204}, answer.text


@each_call
def test_what_the_model_forbids_is_refused_and_leaves_nothing_behind(good, ports, known):
    key = shop_key(ports)
    before = ports.contents()

    for body in good.model.forbidden(good.body):
        answer = ask(good, key, body, known)
        assert answer.status >= 400, (str(body)[:500], answer.text[:200])
        assert_refused(good.dialect, answer)

    assert ports.contents() == before


@each_call
def test_what_the_model_allows_is_never_our_fault(good, ports, known):
    key = shop_key(ports)

    for body in good.model.allowed(good.body):
        answer = ask(good, key, body, known)
        if answer.status >= 400:
            assert_refused(good.dialect, answer)


@each_call
def test_every_text_of_a_body_has_a_limit(good):
    assert good.model.unlimited(good.body) == []
