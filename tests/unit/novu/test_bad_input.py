"""What is wrong with a request is told with 4xx in Novu's shape, and nothing is left behind.

The table names each endpoint with a call of it that succeeds; what is wrong is made of that call.
"""

import importlib
import json
from typing import Any

import pytest
from novu_py import models

from carillon.domain.access import Scope
from carillon.domain.channels import Channel
from carillon.domain.contexts import Context
from carillon.domain.topics import Topic
from tests import builders as a
from tests import canaries, gateway
from tests.unit.novu.bad_input import (
    HUGE,
    LONG,
    UNKNOWN,
    Endpoint,
    at,
    dotted,
    instead,
    places,
    without,
    wrong_types,
)

PERSON = {
    "email": canaries.EMAIL,
    "firstName": "Ana",
    "lastName": "Lopez",
    "phone": canaries.PHONE,
    "avatar": "https://example.com/ana.png",
    "locale": "de-CH",
    "timezone": "Europe/Zurich",
    "data": {"plan": "gold"},
}
NEW_PERSON = {"subscriberId": "new", **PERSON}
SLACK = {"providerId": "slack", "credentials": {"webhookUrl": canaries.SLACK_URL}}
ANA, TEAM = {"subscriberId": "ana"}, {"topicKey": "team"}
FIND_ANA, FIND_TEAM = ("subscriberId",), ("topicKey",)
SEARCH = {"limit": "5", "orderBy": "createdAt", "orderDirection": "ASC", "includeCursor": "true"}
PAGE = {"page": "0", "limit": "5"}

AUDIENCE = [
    Endpoint(
        function="subscribers",
        method="POST",
        path="/v1/subscribers",
        body={**NEW_PERSON, "channels": [SLACK]},
        required=("subscriberId", "channels.0.providerId"),
        free=("data",),
    ),
    Endpoint(
        function="subscribers",
        method="POST",
        path="/v2/subscribers",
        body=NEW_PERSON,
        required=("subscriberId",),
        free=("data",),
        query={"failIfExists": "true"},
    ),
    Endpoint(function="subscribers", method="GET", path="/v1/subscribers", query=PAGE),
    Endpoint(function="subscribers", method="GET", path="/v2/subscribers", query=SEARCH),
    Endpoint(
        function="subscribers_bulk",
        method="POST",
        path="/v1/subscribers/bulk",
        body={"subscribers": [NEW_PERSON]},
        required=("subscribers",),
        lenient=True,
    ),
    *(
        Endpoint(
            function="subscriber",
            method=method,
            path=f"/{version}/subscribers/{{subscriberId}}",
            ids=ANA,
            finds=FIND_ANA,
            body=PERSON if method in {"PUT", "PATCH"} else None,
            free=("data",),
        )
        for method, version in [
            ("GET", "v1"),
            ("GET", "v2"),
            ("PUT", "v1"),
            ("PATCH", "v2"),
            ("DELETE", "v1"),
        ]
    ),
    *(
        Endpoint(
            function="subscriber_credentials",
            method=method,
            path="/v1/subscribers/{subscriberId}/credentials",
            ids=ANA,
            finds=FIND_ANA,
            body=SLACK,
            required=("providerId", "credentials"),
        )
        for method in ("PUT", "PATCH")
    ),
    Endpoint(
        function="subscriber_credentials",
        method="DELETE",
        path="/v1/subscribers/{subscriberId}/credentials/{providerId}",
        ids={**ANA, "providerId": "slack"},
        finds=FIND_ANA,
    ),
    Endpoint(
        function="subscriber_online_status",
        method="PATCH",
        path="/v1/subscribers/{subscriberId}/online-status",
        ids=ANA,
        finds=FIND_ANA,
        body={"isOnline": True},
        required=("isOnline",),
    ),
    *(
        Endpoint(
            function="subscriber_preferences",
            method="GET",
            path=f"/{version}/subscribers/{{subscriberId}}/preferences",
            ids=ANA,
            finds=FIND_ANA,
        )
        for version in ("v1", "v2")
    ),
    Endpoint(
        function="subscriber_preferences",
        method="PATCH",
        path="/v1/subscribers/{subscriberId}/preferences",
        ids=ANA,
        finds=FIND_ANA,
        body={"enabled": True, "preferences": [{"type": "email", "enabled": False}]},
        required=("preferences.0.type", "preferences.0.enabled"),
    ),
    Endpoint(
        function="subscriber_preferences",
        method="PATCH",
        path="/v2/subscribers/{subscriberId}/preferences",
        ids=ANA,
        finds=FIND_ANA,
        body={"workflowId": "welcome", "channels": {"email": False, "in_app": True}},
    ),
    Endpoint(
        function="subscriber_preference",
        method="GET",
        path="/v1/subscribers/{subscriberId}/preferences/{part}",
        ids={**ANA, "part": "welcome"},
        finds=("subscriberId", "part"),
    ),
    Endpoint(
        function="subscriber_preference",
        method="PATCH",
        path="/v1/subscribers/{subscriberId}/preferences/{part}",
        ids={**ANA, "part": "welcome"},
        finds=("subscriberId", "part"),
        body={"channel": {"type": "email", "enabled": False}, "enabled": True},
        required=("channel.type", "channel.enabled"),
    ),
    Endpoint(
        function="subscriber_preference",
        method="PATCH",
        path="/v2/subscribers/{subscriberId}/preferences/{part}",
        ids={**ANA, "part": "bulk"},
        finds=("subscriberId", "part"),
        body={"preferences": [{"workflowId": "welcome", "channels": {"email": False}}]},
        required=("preferences", "preferences.0.workflowId", "preferences.0.channels"),
    ),
    Endpoint(
        function="subscriber_subscriptions",
        method="GET",
        path="/v2/subscribers/{subscriberId}/subscriptions",
        ids=ANA,
        finds=FIND_ANA,
        query={"limit": "5", "key": "team"},
    ),
    *(
        Endpoint(
            function="topics",
            method="POST",
            path=f"/{version}/topics",
            body={"key": "new", "name": "New"},
            required=("key",),
        )
        for version in ("v1", "v2")
    ),
    Endpoint(function="topics", method="GET", path="/v1/topics", query={**PAGE, "key": "team"}),
    Endpoint(function="topics", method="GET", path="/v2/topics", query={**SEARCH, "name": "T"}),
    *(
        Endpoint(
            function="topic",
            method=method,
            path=f"/{version}/topics/{{topicKey}}",
            ids={"topicKey": "empty"},
            finds=FIND_TEAM,
            body={"name": "Renamed"} if method == "PATCH" else None,
            required=("name",) if method == "PATCH" else (),
        )
        for method in ("GET", "PATCH", "DELETE")
        for version in ("v1", "v2")
    ),
    Endpoint(
        function="topic_subscribers",
        method="POST",
        path="/v1/topics/{topicKey}/subscribers",
        ids=TEAM,
        body={"subscribers": ["ana"]},
        required=("subscribers", "subscribers.0"),
    ),
    Endpoint(
        function="topic_subscriber",
        method="POST",
        path="/v1/topics/{topicKey}/subscribers/{subscriberId}",
        ids={**TEAM, "subscriberId": "removal"},
        finds=("topicKey", "subscriberId"),
        body={"subscribers": ["ana"]},
        required=("subscribers", "subscribers.0"),
    ),
    Endpoint(
        function="topic_subscriber",
        method="GET",
        path="/v1/topics/{topicKey}/subscribers/{subscriberId}",
        ids={**TEAM, **ANA},
        finds=("topicKey", "subscriberId"),
    ),
    Endpoint(
        function="topic_subscriptions",
        method="POST",
        path="/v2/topics/{topicKey}/subscriptions",
        ids=TEAM,
        body={"subscriptions": ["ana"]},
        required=("subscriptions", "subscriptions.0"),
    ),
    Endpoint(
        function="topic_subscriptions",
        method="DELETE",
        path="/v2/topics/{topicKey}/subscriptions",
        ids=TEAM,
        finds=FIND_TEAM,
        body={"subscriberIds": ["ana"]},
        required=("subscriberIds", "subscriberIds.0"),
    ),
    Endpoint(
        function="topic_subscriptions",
        method="GET",
        path="/v2/topics/{topicKey}/subscriptions",
        ids=TEAM,
        finds=FIND_TEAM,
        query=SEARCH,
    ),
    Endpoint(
        function="tenants",
        method="POST",
        path="/v1/tenants",
        body={"identifier": "new", "name": "New", "data": {"plan": "gold"}},
        required=("identifier", "name"),
        free=("data",),
    ),
    Endpoint(function="tenants", method="GET", path="/v1/tenants", query=PAGE),
    *(
        Endpoint(
            function="tenant",
            method=method,
            path="/v1/tenants/{identifier}",
            ids={"identifier": "north"},
            finds=("identifier",),
            body={"identifier": "south", "name": "S", "data": {}} if method == "PATCH" else None,
            free=("data",),
        )
        for method in ("GET", "PATCH", "DELETE")
    ),
    Endpoint(
        function="trigger_broadcast",
        method="POST",
        path="/v1/events/trigger/broadcast",
        body={
            "name": "welcome",
            "payload": {"a": 1},
            "overrides": {"slack": {"a": 1}},
            "transactionId": "t1",
            "actor": {"subscriberId": "zoe", "email": "zoe@example.com"},
            "tenant": {"identifier": "north", "name": "North", "data": {"a": 1}},
        },
        required=("name", "tenant.identifier"),
        free=("payload", "overrides", "tenant.data"),
    ),
]
MAIL = {"subject": "Order {{payload.order}}", "body": "<p>Hello</p>", "editorType": "html"}
LINK = {"label": "Go", "redirect": {"url": "https://example.com"}}
BELL = {"body": "Hello", "avatar": "https://example.com/a.png", "primaryAction": LINK}
WORKFLOW = {
    "name": "Order shipped",
    "description": "It left",
    "tags": ["orders"],
    "active": True,
    "validatePayload": True,
    "payloadSchema": {"type": "object"},
    "severity": "high",
    "preferences": {
        "workflow": {
            "all": {"enabled": True, "readOnly": False},
            "channels": {"email": {"enabled": True}},
        }
    },
    "steps": [
        {"name": "Mail", "type": "email", "controlValues": MAIL},
        {"name": "Bell", "type": "in_app", "controlValues": BELL},
    ],
}
OLD_WORKFLOW = {
    "name": "Order shipped",
    "description": "It left",
    "tags": ["orders"],
    "active": True,
    "critical": True,
    "preferenceSettings": {"email": True},
    "steps": [
        {
            "name": "Mail",
            "active": True,
            "filters": [],
            "template": {
                "type": "email",
                "subject": "S",
                "content": [{"type": "button", "content": "Go", "url": "https://example.com"}],
            },
        }
    ],
}
STEPS = ("name", "steps.0.name", "steps.0.type", "steps.1.name", "steps.1.type", "steps")
CONTROLS = ("payloadSchema", "steps.0.controlValues", "steps.1.controlValues")
CONDITION = {"on": "tenant", "field": "identifier", "operator": "EQUAL", "value": "north"}
FIND_WORKFLOW, FIND_INTEGRATION = ("workflow",), ("integration",)
OURS, OUR_SLACK = {"workflow": "ours"}, {"integration": "int_ours"}
INTEGRATION = {
    "name": "Team",
    "identifier": "team",
    "active": True,
    "credentials": {"token": canaries.BOT_TOKEN, "channelId": "C1"},
    "conditions": [
        {"isNegated": False, "type": "GROUP", "value": "AND", "children": [CONDITION]},
    ],
}
COMPARED = tuple(f"conditions.0.children.0.{name}" for name in CONDITION)

CONFIGURATION = [
    Endpoint(
        function="workflows",
        method="POST",
        path="/v2/workflows",
        body={"workflowId": "order-shipped", **WORKFLOW},
        required=("workflowId", *STEPS),
        free=CONTROLS,
    ),
    Endpoint(
        function="workflows",
        method="GET",
        path="/v2/workflows",
        query={
            "limit": "5",
            "offset": "0",
            "orderBy": "name",
            "orderDirection": "ASC",
        },
    ),
    Endpoint(
        function="workflow",
        method="GET",
        path="/v2/workflows/{workflow}",
        ids=OURS,
        finds=FIND_WORKFLOW,
    ),
    Endpoint(
        function="workflow",
        method="PUT",
        path="/v2/workflows/{workflow}",
        ids=OURS,
        finds=FIND_WORKFLOW,
        body=WORKFLOW,
        required=STEPS,
        free=CONTROLS,
    ),
    Endpoint(
        function="workflow",
        method="PATCH",
        path="/v2/workflows/{workflow}",
        ids=OURS,
        finds=FIND_WORKFLOW,
        body={k: WORKFLOW[k] for k in ("name", "description", "tags", "active", "payloadSchema")},
        free=CONTROLS,
    ),
    Endpoint(
        function="workflow",
        method="DELETE",
        path="/v2/workflows/{workflow}",
        ids=OURS,
        finds=FIND_WORKFLOW,
    ),
    Endpoint(
        function="workflow_sync",
        method="PUT",
        path="/v2/workflows/{workflow}/sync",
        ids=OURS,
        finds=FIND_WORKFLOW,
        body={"targetEnvironmentId": a.TENANT},
        required=("targetEnvironmentId",),
    ),
    Endpoint(
        function="workflow_step",
        method="GET",
        path="/v2/workflows/{workflow}/steps/{step}",
        ids={**OURS, "step": "email"},
        finds=(*FIND_WORKFLOW, "step"),
    ),
    Endpoint(
        function="notification_templates",
        method="POST",
        path="/v1/workflows",
        body=OLD_WORKFLOW,
        required=("name", "steps.0.template", "steps.0.template.type"),
        free=("steps.0.template",),
    ),
    Endpoint(
        function="notification_templates",
        method="GET",
        path="/v1/workflows",
        query=PAGE,
    ),
    Endpoint(
        function="notification_template",
        method="GET",
        path="/v1/workflows/{workflow}",
        ids=OURS,
        finds=FIND_WORKFLOW,
    ),
    Endpoint(
        function="notification_template",
        method="PUT",
        path="/v1/workflows/{workflow}",
        ids=OURS,
        finds=FIND_WORKFLOW,
        body=OLD_WORKFLOW,
        required=("steps.0.template", "steps.0.template.type"),
        free=("steps.0.template",),
    ),
    Endpoint(
        function="notification_template",
        method="DELETE",
        path="/v1/workflows/{workflow}",
        ids=OURS,
        finds=FIND_WORKFLOW,
    ),
    Endpoint(
        function="notification_template_status",
        method="PUT",
        path="/v1/workflows/{workflow}/status",
        ids=OURS,
        finds=FIND_WORKFLOW,
        body={"active": False},
        required=("active",),
    ),
    Endpoint(
        function="integrations",
        method="POST",
        path="/v1/integrations",
        body={"providerId": "slack", "channel": "chat", **INTEGRATION},
        required=("providerId", *COMPARED),
    ),
    Endpoint(function="integrations", method="GET", path="/v1/integrations"),
    Endpoint(function="active_integrations", method="GET", path="/v1/integrations/active"),
    Endpoint(
        function="integration",
        method="PUT",
        path="/v1/integrations/{integration}",
        ids=OUR_SLACK,
        finds=FIND_INTEGRATION,
        body=INTEGRATION,
        required=COMPARED,
    ),
    Endpoint(
        function="integration",
        method="DELETE",
        path="/v1/integrations/{integration}",
        ids=OUR_SLACK,
        finds=FIND_INTEGRATION,
    ),
    Endpoint(
        function="primary_integration",
        method="POST",
        path="/v1/integrations/{integration}/set-primary",
        ids={"integration": "int_ses"},
        finds=FIND_INTEGRATION,
    ),
]

ANAS = "/v1/subscribers/{subscriberId}/"
# Whose feed does not exist has nothing in it, as whose is empty: there is nobody to find.
INBOX = [
    Endpoint(
        function="feed",
        method="GET",
        path=ANAS + "notifications/feed",
        ids=ANA,
        query={**PAGE, "read": "false", "seen": "false", "payload": "eyJhIjoxfQ=="},
    ),
    Endpoint(
        function="unseen",
        method="GET",
        path=ANAS + "notifications/unseen",
        ids=ANA,
        query={"limit": "5", "seen": "false"},
    ),
    Endpoint(
        function="inbox",
        method="GET",
        path="/v2/subscribers/{subscriberId}/notifications",
        ids=ANA,
        query={"limit": "5", "offset": "0"},
    ),
    Endpoint(
        function="inbox_count",
        method="GET",
        path="/v2/subscribers/{subscriberId}/notifications/count",
        ids=ANA,
        query={"filters": '[{"read": false}]'},
    ),
    Endpoint(
        function="mark_all_messages",
        method="POST",
        path=ANAS + "messages/mark-all",
        ids=ANA,
        body={"markAs": "read"},
        required=("markAs",),
    ),
    Endpoint(
        function="messages",
        method="GET",
        path="/v1/messages",
        query={**PAGE, "channel": "email", "subscriberId": "ana"},
    ),
    Endpoint(
        function="transaction_messages",
        method="DELETE",
        path="/v1/messages/transaction/{transactionId}",
        ids={"transactionId": "t1"},
        query={"channel": "email"},
    ),
    Endpoint(
        function="notifications",
        method="GET",
        path="/v1/notifications",
        query={**PAGE, "channels": "email", "subscriberIds": "ana"},
    ),
]

ENDPOINTS = [*AUDIENCE, *CONFIGURATION, *INBOX]
each_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)


@pytest.fixture
def ports():
    ports = a.world()
    person = a.subscriber("ana", email=canaries.EMAIL, channels=(a.slack_address("ana"),))
    ports.subscribers.save(a.TENANT, [person])
    for key in ("team", "empty"):
        topic = Topic(key=key, name=key, created_at=a.NOW, updated_at=a.NOW)
        ports.topics.save(a.TENANT, topic)
    ports.topics.add_members(a.TENANT, "team", ["ana"], a.NOW)
    north = Context(identifier="north", created_at=a.NOW, updated_at=a.NOW)
    ports.contexts.save(a.TENANT, north)
    ports.event_types.save(a.TENANT, a.event_type("ours"), expected=None)
    ports.templates.save(a.TENANT, a.template("ours"))
    own = a.integration("slack", Channel.CHAT, id="int_ours", identifier="ours")
    ports.integrations.save(a.TENANT, own)
    # Another tenant has the same set-up, and nobody in it.
    ports.event_types.save("globex", a.event_type(), expected=None)
    ports.integrations.save("globex", a.integration("slack", Channel.CHAT))
    with gateway.using(ports) as ports:
        yield ports


@pytest.fixture
def call(ports):
    keys = {tenant: gateway.issue_key(ports, tenant, *Scope) for tenant in (a.TENANT, "globex")}

    def call(endpoint, *, tenant=a.TENANT, ids=None, query=None, **body):
        named = {**endpoint.ids, **(ids or {})}
        module = importlib.import_module(f"functions.novu.{endpoint.function}.app")
        return gateway.call(
            module.handler,
            endpoint.method,
            endpoint.path.format_map(named),
            body.get("body", endpoint.body),
            path_parameters=named,
            query=endpoint.query if query is None else query,
            authorization=f"ApiKey {keys[tenant]}",
        )

    return call


def kept(ports) -> str:
    """All that could have been left behind."""
    stores = (ports.subscribers, ports.topics, ports.contexts, ports.integrations, ports.templates)
    known = [store.by_tenant.get(a.TENANT) for store in stores]
    known.append(ports.event_types.by_application[a.TENANT, "default/default"])
    return repr((known, dict(ports.topics.ids), ports.queues.jobs))


def assert_refused(answer: gateway.Answer, *statuses: int) -> None:
    """As the official client reads it: anything else is an error of its own."""
    assert answer.status in (statuses or range(400, 429)), (answer.status, answer.text)
    body = answer.json
    assert body["statusCode"] == answer.status
    if answer.status == 422:
        models.ValidationErrorDtoData.model_validate(body)
    elif answer.status == 409 and "subscriberId" in body:
        models.SubscriberResponseDtoErrorData.model_validate(body)
    else:
        models.ErrorDtoData.model_validate(body)


def wrong_bodies(endpoint: Endpoint) -> list[Any]:
    """Bodies that must be refused."""
    bodies: list[Any] = [[], "text", 7, None]
    if endpoint.body is None:
        return []
    for place in places(endpoint.body):
        name, value = dotted(place), at(endpoint.body, place)
        if any(name.startswith(f"{free}.") for free in endpoint.free):
            continue
        if endpoint.lenient and len(place) > 1:
            continue
        if name in endpoint.required:
            bodies += [without(endpoint.body, place), instead(endpoint.body, place, None)]
        bodies += [instead(endpoint.body, place, other) for other in wrong_types(value)]
        if isinstance(value, str):
            bodies += [instead(endpoint.body, place, HUGE), instead(endpoint.body, place, LONG)]
    return bodies


@each_endpoint
def test_the_call_in_the_table_succeeds(endpoint, call):
    answer = call(endpoint)

    assert answer.status in {200, 201, 204}, answer.text


@each_endpoint
def test_a_wrong_body_is_refused_and_leaves_nothing_behind(endpoint, call, ports):
    before = kept(ports)

    for body in wrong_bodies(endpoint):
        answer = call(endpoint, body=json.dumps(body))
        if answer.status < 400:
            raise AssertionError((str(body)[:200], answer.text[:200]))
        assert_refused(answer)

    assert kept(ports) == before


@each_endpoint
def test_null_is_never_our_fault(endpoint, call):
    for place in places(endpoint.body):
        answer = call(endpoint, body=instead(endpoint.body, place, None))

        assert answer.status < 429, (place, answer.text)


@each_endpoint
@pytest.mark.parametrize("body", ["{", "", "[" * 50_000, '{"a": NaN}', '{"a": "\\ud800"}', b"\xff"])
def test_what_is_no_json_is_refused(endpoint, call, body):
    if endpoint.body is not None:
        assert_refused(call(endpoint, body=body), 400)


@each_endpoint
def test_what_does_not_exist_and_what_is_anothers_look_the_same(endpoint, call, ports):
    before = kept(ports)
    for parameter in endpoint.finds:
        assert_refused(call(endpoint, ids={parameter: UNKNOWN}))
        for odd in ("x" * 300, "\N{BELL}\x00", "😀" * 255):
            assert_refused(call(endpoint, ids={parameter: odd}))
    for parameter in endpoint.finds[:1]:
        absent = call(endpoint, ids={parameter: UNKNOWN})
        others = call(endpoint, tenant="globex")
        assert_refused(others, absent.status)
        said = others.json["message"].replace(endpoint.ids[parameter], UNKNOWN)
        assert said == absent.json["message"]

    assert kept(ports) == before


@each_endpoint
def test_odd_parameters_of_a_query_are_refused(endpoint, call):
    for name in endpoint.query:
        for odd in ("x" * 5_000, "-1", "\x00", "1e999", "NaN"):
            answer = call(endpoint, query={**endpoint.query, name: odd})

            if name not in {"key", "name", "email", "phone", "subscriberId", "subscriberIds"}:
                assert_refused(answer, 422)
            assert answer.status < 429
    for name in ("after", "before"):
        answer = call(endpoint, query={**endpoint.query, name: "nonsense"})
        assert answer.status < 429


@each_endpoint
def test_a_key_without_the_scope_is_refused(endpoint, ports):
    key = gateway.issue_key(ports, a.TENANT, Scope.EVENT_LIST)
    module = importlib.import_module(f"functions.novu.{endpoint.function}.app")

    answer = gateway.call(
        module.handler,
        endpoint.method,
        endpoint.path.format_map(endpoint.ids),
        endpoint.body,
        path_parameters=endpoint.ids,
        authorization=f"ApiKey {key}",
    )

    assert_refused(answer, 403)
