"""Triggers and their subscriptions."""

from dataclasses import replace

import pytest
from sailpoint.triggers.models.subscription_patch_request_inner import (
    SubscriptionPatchRequestInner as Operation,
)
from sailpoint.triggers.models.subscription_patch_request_inner_value import (
    SubscriptionPatchRequestInnerValue as Value,
)

from carillon.domain.tenancy.access import DEFAULT_APPLICATION
from tests import builders as a

HOOK = "https://hooks.example/trigger"
BASIC = {
    "httpAuthenticationType": "BASIC_AUTH",
    "basicAuthConfig": {"userName": "ana", "password": "hunter2"},
}
BEARER = {
    "httpAuthenticationType": "BEARER_TOKEN",
    "bearerTokenAuthConfig": {"bearerToken": "t0ken"},
}
BUS = {"awsAccount": "123456789012", "awsRegion": "eu-central-1"}
UNKNOWN = "0f11f2a4-7c94-4bf3-a2bd-742580fe3bde"


def causes(answer):
    return " ".join(cause["text"] for cause in answer.json["causes"])


def stored(ports):
    return {one.id: one for one in ports.integrations.all(a.TENANT)}


def test_an_event_type_is_a_trigger_and_its_schemas_are_texts(api):
    tell, ask = sorted(api.ok("GET", "/triggers"), key=lambda t: t["id"], reverse=True)

    assert set(ask) == set(tell)
    assert (ask["id"], ask["name"], ask["type"]) == ("ask", "Ask", "REQUEST_RESPONSE")
    assert tell["type"] == "FIRE_AND_FORGET"
    assert '"identityId"' in ask["inputSchema"]
    assert ask["exampleInput"]["identityId"] == "sample"
    assert set(ask["exampleInput"]) == {"identityId", "identity", "changes"}  # for the clients
    assert '"approved"' in ask["outputSchema"]
    assert tell["outputSchema"] is None


def test_triggers_are_filtered_sorted_counted_and_cut_into_pages(api):
    found = api("GET", "/triggers", filters='id ge "tell"', count="true")
    page = api("GET", "/triggers", sorters="-name", limit="1", offset="1", count="true")

    assert [t["id"] for t in found.json] == ["tell"]
    assert found.headers["x-total-count"] == "1"
    assert [t["id"] for t in page.json] == ["ask"]
    assert page.headers["x-total-count"] == "2"
    assert "x-total-count" not in api("GET", "/triggers").headers
    assert api("GET", "/triggers", filters='name eq "Ask"').status == 400
    assert api("GET", "/triggers", limit="251").status == 400


@pytest.mark.parametrize("slug", ["idn:identity-created", "test:request-response"])
def test_an_id_of_sailpoints_kind_is_a_slug(ports, api, slug):
    event = a.event_type(slug, media={})
    ports.event_types.save(a.TENANT, event, expected=None)

    assert api.subscribe(slug)["triggerId"] == slug


def test_a_subscription_is_shown_as_it_was_made(api):
    made = api.subscribe("ask", description="d", filter="$.identityId", responseDeadline="PT30M")

    assert made == {
        "id": made["id"],
        "name": "mine",
        "description": "d",
        "triggerId": "ask",
        "triggerName": "Ask",
        "type": "HTTP",
        "responseDeadline": "PT30M",
        "httpConfig": {
            "url": HOOK,
            "httpDispatchMode": "SYNC",
            "httpAuthenticationType": "NO_AUTH",
        },
        "enabled": True,
        "filter": "$.identityId",
    }
    assert api.ok("GET", "/trigger-subscriptions") == [made]


def test_an_event_bridge_is_subscribed(api, ports):
    body = {"name": "bus", "triggerId": "tell", "type": "EVENTBRIDGE", "eventBridgeConfig": BUS}

    made = api.ok("POST", "/trigger-subscriptions", body)

    assert made["eventBridgeConfig"] == BUS
    assert "httpConfig" not in made
    [endpoint] = stored(ports).values()
    assert "source" not in endpoint.settings  # it is the tenant, said when an event is sent


@pytest.mark.parametrize(
    ("auth", "secret"),
    [
        (BASIC, "hunter2"),
        (
            {
                "httpAuthenticationType": "BEARER_TOKEN",
                "bearerTokenAuthConfig": {"bearerToken": "t0ken"},
            },
            "t0ken",
        ),
    ],
)
def test_secrets_are_write_only_and_survive_a_change_that_does_not_say_them(
    api, ports, auth, secret
):
    made = api.subscribe(http=auth)
    changed = api.ok("PUT", f"/trigger-subscriptions/{made['id']}", made | {"name": "new"})

    assert secret not in str(made) + str(changed)
    assert changed["httpConfig"] == made["httpConfig"]
    [endpoint] = stored(ports).values()
    assert secret in endpoint.settings.values()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"triggerId": "nope"}, "triggerId"),
        ({"triggerId": None}, "triggerId"),
        ({"name": ""}, "name"),
        ({"type": "SLACK"}, "type"),
        ({"type": "WORKFLOW"}, "type"),
        ({"httpConfig": None}, "httpConfig"),
        ({"httpConfig": {"url": HOOK}}, "httpDispatchMode"),
        ({"httpConfig": {"url": "http://x.example", "httpDispatchMode": "SYNC"}}, "httpConfig.url"),
        ({"httpConfig": {"url": HOOK, "httpDispatchMode": "LATER"}}, "httpDispatchMode"),
        (
            {
                "httpConfig": {
                    "url": HOOK,
                    "httpDispatchMode": "SYNC",
                    "httpAuthenticationType": "BASIC_AUTH",
                }
            },
            "userName",
        ),
        ({"type": "EVENTBRIDGE"}, "eventBridgeConfig"),
        ({"type": "EVENTBRIDGE", "eventBridgeConfig": BUS | {"awsAccount": "1"}}, "awsAccount"),
        ({"responseDeadline": "soon"}, "responseDeadline"),
        ({"responseDeadline": "PT0S"}, "responseDeadline"),
        ({"responseDeadline": "P1000D"}, "responseDeadline"),
        ({"filter": "$["}, "filter"),
        ({"enabled": "maybe"}, "enabled"),
    ],
)
def test_what_is_no_subscription_is_refused_and_leaves_nothing_behind(api, ports, change, says):
    config = {"url": HOOK, "httpDispatchMode": "SYNC"}
    body = {"name": "n", "triggerId": "ask", "type": "HTTP", "httpConfig": config} | change

    answer = api("POST", "/trigger-subscriptions", body)

    assert answer.status == 400
    assert says in causes(answer)
    assert stored(ports) == {}
    assert api.ok("GET", "/trigger-subscriptions") == []


def test_a_trigger_has_so_many_subscriptions_and_no_more(api):
    api.subscribe("ask")
    for _ in range(50):
        api.subscribe("tell")
    body = {"name": "n", "type": "HTTP", "httpConfig": {"url": HOOK, "httpDispatchMode": "SYNC"}}

    for trigger in ("ask", "tell"):
        answer = api("POST", "/trigger-subscriptions", body | {"triggerId": trigger})
        assert answer.status == 400
        assert answer.json["detailCode"].startswith("400.1.409")


def test_subscriptions_are_filtered_and_sorted(api):
    ask, tell = api.subscribe("ask"), api.subscribe("tell")

    def ids(**query):
        return [one["id"] for one in api.ok("GET", "/trigger-subscriptions", **query)]

    assert ids(filters=f'id eq "{tell["id"]}"') == [tell["id"]]
    assert ids(filters='triggerId eq "ask" and type eq "HTTP"') == [ask["id"]]
    assert ids(sorters="-triggerName") == [tell["id"], ask["id"]]
    assert api("GET", "/trigger-subscriptions", filters='name eq "mine"').status == 400


def test_a_put_replaces_and_keeps_the_configuration_that_it_does_not_say(api):
    """The official client sends no triggerId, and may send no httpConfig."""
    made = api.subscribe(description="d", filter="$.identityId", responseDeadline="PT5M")
    body = {"name": "zz", "type": "HTTP", "responseDeadline": "PT1H", "enabled": False}

    changed = api.ok("PUT", f"/trigger-subscriptions/{made['id']}", body)

    left = {name: value for name, value in made.items() if name not in {"description", "filter"}}
    assert changed == left | {"name": "zz", "responseDeadline": "PT1H", "enabled": False}


@pytest.mark.parametrize("change", [{"id": UNKNOWN}, {"triggerId": "tell"}])
def test_what_a_subscription_is_of_cannot_be_changed(api, change):
    made = api.subscribe("ask")

    assert api("PUT", f"/trigger-subscriptions/{made['id']}", made | change).status == 400
    assert api.ok("GET", "/trigger-subscriptions") == [made]


def test_a_subscription_may_become_of_another_type(api, ports):
    made = api.subscribe("tell", http=BASIC)
    body = {"type": "EVENTBRIDGE", "eventBridgeConfig": BUS}

    changed = api.ok("PUT", f"/trigger-subscriptions/{made['id']}", body)

    assert changed["type"] == "EVENTBRIDGE"
    [endpoint] = stored(ports).values()
    assert "hunter2" not in str(dict(endpoint.settings))


@pytest.mark.parametrize("auth", [BASIC, BEARER], ids=["basic", "bearer"])
def test_a_stored_secret_does_not_follow_a_url_on_another_server(api, auth):
    made = api.subscribe(http=auth)
    path = f"/trigger-subscriptions/{made['id']}"
    moved = made | {"httpConfig": made["httpConfig"] | {"url": "https://elsewhere.example/"}}

    for method, body in (
        ("PUT", moved),
        (
            "PATCH",
            [{"op": "replace", "path": "/httpConfig/url", "value": moved["httpConfig"]["url"]}],
        ),
    ):
        answer = api(method, path, body)
        assert answer.status == 400
        assert "must be given again" in answer.text
    assert api.ok("GET", "/trigger-subscriptions") == [made]


def test_a_patch_changes_what_it_names(api):
    made = api.subscribe(description="d", http=BASIC)

    changed = api.ok(
        "PATCH",
        f"/trigger-subscriptions/{made['id']}",
        [
            {"op": "replace", "path": "/name", "value": "z"},
            {"op": "replace", "path": "/enabled", "value": False},
            {"op": "add", "path": "/filter", "value": "$.identityId"},
            {"op": "replace", "path": "/httpConfig/url", "value": HOOK + "/2"},
            {"op": "remove", "path": "/description"},
        ],
    )

    expected = made | {"name": "z", "enabled": False, "filter": "$.identityId"}
    expected["httpConfig"] = made["httpConfig"] | {"url": HOOK + "/2"}
    del expected["description"]
    assert changed == expected


@pytest.mark.parametrize(
    "patch",
    [
        {},
        [{"op": "test", "path": "/name", "value": "mine"}],
        [{"op": "replace", "path": "/id", "value": UNKNOWN}],
        [{"op": "replace", "path": "/triggerId", "value": "tell"}],
        [{"op": "replace", "path": "", "value": {}}],
        [{"op": "move", "path": "/name", "from": "/triggerId"}],
        [{"op": "copy", "path": "/httpConfig/x", "from": "/httpConfig"}] * 21,
        [{"op": "remove", "path": "/httpConfig/nothing"}],
        [{"op": "replace", "path": "/name/x/y", "value": 1}],
        [{"op": "replace", "path": "/name", "value": 7}],
        [{"op": "replace", "path": "/type", "value": "SCRIPT"}],
        [{"op": "copy", "path": "/name"}],
        [{"op": "remove", "path": "/name"}],
        [{"op": "replace", "path": "/filter", "value": "$["}],
        [{"op": "replace", "path": "/enabled"}],
        [{"op": "replace", "path": "/enabled", "value": None}],
        [{"op": "add", "path": "/httpConfig/x", "value": 1}],
        [{"op": "add", "path": "/workflowConfig", "value": {"workflowId": "w"}}],
        [{"op": "add", "path": "/eventBridgeConfig", "value": BUS}],
    ],
)
def test_a_patch_that_cannot_be_done_changes_nothing(api, patch):
    made = api.subscribe()

    answer = api("PATCH", f"/trigger-subscriptions/{made['id']}", patch)

    assert answer.status == 400, answer.text
    assert api.ok("GET", "/trigger-subscriptions") == [made]


# What the client's model of a value takes for these; it takes no flag.
SDK_VALUES = [
    "",
    "false",
    " TRUE ",
    "FALSE",
    "no",
    "z",
    0,
    1,
    -1,
    7,
    123456789012,
    {},
    {"a": 1},
    [],
]
MEANT = {"false": False, " TRUE ": True, "FALSE": False, 0: False, 1: True}


def as_the_client_sends(path, value):
    one = Value(value)
    return [Operation(op="replace", path=path, value=one).to_dict()]


@pytest.mark.parametrize("value", SDK_VALUES, ids=repr)
def test_what_the_client_can_build_for_enabled_is_taken_or_refused(api, value):
    made = api.subscribe()

    sent = as_the_client_sends("/enabled", value)
    answer = api("PATCH", f"/trigger-subscriptions/{made['id']}", sent)

    wanted = MEANT.get(value) if isinstance(value, str | int) else None
    if wanted is None:
        assert answer.status == 400
        assert 'must be true or false, or "true"' in answer.text.replace("\\", "")
        assert api.ok("GET", "/trigger-subscriptions") == [made]
    else:
        assert answer.json == made | {"enabled": wanted}


@pytest.mark.parametrize("value", SDK_VALUES, ids=repr)
@pytest.mark.parametrize(
    "path",
    [
        "/name",
        "/description",
        "/type",
        "/filter",
        "/responseDeadline",
        "/httpConfig",
        "/httpConfig/url",
        "/httpConfig/httpDispatchMode",
        "/httpConfig/basicAuthConfig",
        "/eventBridgeConfig/awsAccount",
        "/workflowConfig",
    ],
)
def test_what_the_client_can_build_for_a_field_is_shown_or_refused_by_its_name(api, path, value):
    bus = {"type": "EVENTBRIDGE", "httpConfig": None, "eventBridgeConfig": BUS}
    made = api.subscribe("tell", **(bus if "eventBridge" in path else {}))

    sent = as_the_client_sends(path, value)
    answer = api("PATCH", f"/trigger-subscriptions/{made['id']}", sent)

    if answer.status == 200:
        shown = answer.json
        for name in path[1:].split("/"):
            shown = shown.get(name, "")
        assert shown in {value, str(value)}
    else:
        assert answer.status == 400
        assert path.split("/")[-1] in answer.text
        assert api.ok("GET", "/trigger-subscriptions") == [made]


def test_what_is_not_there_can_be_replaced(api):
    made = api.subscribe("tell")
    patch = [
        {"op": "replace", "path": "/filter", "value": "$.identityId"},
        {"op": "replace", "path": "/type", "value": "EVENTBRIDGE"},
        {"op": "replace", "path": "/eventBridgeConfig", "value": BUS},
    ]

    changed = api.ok("PATCH", f"/trigger-subscriptions/{made['id']}", patch)

    assert (changed["filter"], changed["eventBridgeConfig"]) == ("$.identityId", BUS)


def test_copies_of_copies_do_not_grow_without_end(api):
    made = api.subscribe()
    patch = [{"op": "copy", "path": f"/httpConfig/{n}", "from": "/httpConfig"} for n in range(20)]

    assert api("PATCH", f"/trigger-subscriptions/{made['id']}", patch).status == 400


def test_a_subscription_goes_with_its_endpoint(api, ports):
    made = api.subscribe()

    assert api("DELETE", f"/trigger-subscriptions/{made['id']}").status == 204
    assert api("DELETE", f"/trigger-subscriptions/{made['id']}").status == 404
    assert stored(ports) == {}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_another_tenants_subscription_looks_absent(api, stranger, method):
    made = api.subscribe()
    body = [] if method == "PATCH" else {}

    theirs = stranger(method, f"/trigger-subscriptions/{made['id']}", body)
    none = stranger(method, f"/trigger-subscriptions/{UNKNOWN}", body)

    assert theirs.status == none.status == 404
    assert causes(theirs) == causes(none).replace(UNKNOWN, made["id"])
    assert stranger.ok("GET", "/trigger-subscriptions") == []


@pytest.mark.parametrize(
    ("filter", "valid", "path", "there"),
    [
        ('$[?($.identityId == "2013")]', True, True, True),
        ('$[?($.identityId == "x")]', False, True, True),
        ('$[?($.nope == "x")]', False, True, False),
        ("$[", False, False, False),
    ],
)
def test_a_filter_is_tried_on_an_input(api, filter, valid, path, there):
    body = {"input": {"identityId": "2013"}, "filter": filter}

    found = api.ok("POST", "/trigger-subscriptions/validate-filter", body)

    assert found == {"isValid": valid, "isValidJSONPath": path, "isPathExist": there}


@pytest.mark.parametrize("version", [None, "beta", "v2024", "v2025", "v2026", "latest"])
def test_every_version_is_served(api, version):
    headers = {"x-sailpoint-experimental": "true"}

    assert api("GET", "/triggers", version=version, headers=headers).status == 200


def test_other_versions_are_not(api):
    assert api("GET", "/triggers", version="v3").status == 404


WRITABLE = {"name", "triggerId", "type", "httpConfig"}
COSTLY = "$.many[?($..b == $..b)]"
MANY = {"identityId": "2013", "many": [{"b": number} for number in range(1_500)]}


def test_a_filter_that_takes_too_much_work_is_refused(api, ports):
    event = ports.of(a.TENANT).event_types.get(DEFAULT_APPLICATION, "tell")
    made = api.subscribe("tell", filter=COSTLY)  # cheap on the sample of then
    plain = api.subscribe("tell")
    sampled = replace(event, sample=MANY, version=event.version + 1)
    ports.event_types.save(a.TENANT, sampled, expected=event.version)
    place = f"/trigger-subscriptions/{plain['id']}"
    patch = [{"op": "add", "path": "/filter", "value": COSTLY}]
    told = "takes more work on this event than a filter may"

    tried = api("POST", "/trigger-subscriptions/validate-filter", {"input": MANY, "filter": COSTLY})
    fields = {name: value for name, value in plain.items() if name in WRITABLE}
    again = api("POST", "/trigger-subscriptions", fields | {"filter": COSTLY})
    changed = api("PUT", place, fields | {"filter": COSTLY})
    patched = api("PATCH", place, patch)
    tested = api("POST", "/trigger-invocations/test", {"triggerId": "tell", "contentJson": {}})

    for refused in (tried, again, changed, patched):
        assert (refused.status, told in causes(refused)) == (400, True)
    assert tested.status == 400
    assert made["id"] in causes(tested)
