"""Bitcaster's events: listed, triggered, and refused in its words."""

import json

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.applications import Application
from carillon.domain.tenancy.access import KeyReach, Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.limits import Limits
from carillon.usecases.delivery.fan_out import fan_out
from functions.fallback.unknown_path.app import handler as unknown_path
from tests import builders as a
from tests import canaries, gateway
from tests.unit.bitcaster.conftest import SHOP, TRIGGER, Api

OTHER_KEY = "car_000000000000_00000000000000000000000000000000000000"


def invocations(ports):
    return [invocation for job in ports.queues.jobs for invocation in job.invocations]


def save(ports, slug, **fields):
    event = a.event_type(slug, application="shop/orders", media={}, **fields)
    ports.event_types.save(a.TENANT, event, expected=None)


@pytest.mark.parametrize("path", [f"{SHOP}/e/", f"{SHOP}/e"])
def test_events_are_listed_with_all_that_the_client_reads(api, ports, path):
    save(ports, "lost", active=False, locked=True, description="It went astray")
    mail = a.event_type("mailed", application="shop/orders", media={Channel.EMAIL: True})
    ports.event_types.save(a.TENANT, mail, expected=None)

    lost, mailed, paid = api.ok("GET", path)

    assert paid == {
        "id": "paid",
        "locked": False,
        "paused": False,
        "version": 1,
        "last_updated": "2026-01-01T00:00:00Z",
        "created": "2026-01-01T00:00:00Z",
        "name": "Order paid",
        "slug": "paid",
        "description": None,
        "active": True,
        "newsletter": False,
        "occurrence_retention": None,
        "application": "shop/orders",
        "channels": [],
    }
    assert (lost["active"], lost["locked"], lost["description"]) == (False, True, "It went astray")
    assert mailed["channels"] == ["int_ses"]


@pytest.mark.parametrize("path", [TRIGGER, TRIGGER.removesuffix("/")])
def test_an_event_is_triggered(api, ports, path):
    answer = api("POST", path, {"context": {"order": canaries.TEXT}}, query={"cid": "A-1017"})

    assert answer.status == 201
    [invocation] = invocations(ports)
    assert answer.json == {"occurrence": invocation.id}
    assert (invocation.event, invocation.application) == ("paid", "shop/orders")
    assert invocation.payload == {"order": canaries.TEXT}
    assert invocation.correlation_id == "A-1017"
    assert invocation.narrowing is None


def test_a_correlation_id_that_comes_again_is_another_occurrence(api, ports):
    first, second = (api.trigger({}, cid="A-1017").json for _ in range(2))

    assert first["occurrence"] != second["occurrence"]
    assert len(invocations(ports)) == 2


@pytest.mark.parametrize(
    ("sent", "content_type", "payload"),
    [
        ("", "application/json", {}),
        (None, "application/json", {}),
        ("{}", "application/json", {}),
        ('{"somethingNew": 1}', "application/json", {}),
        ("", "application/x-www-form-urlencoded", {}),
        ("a=b", "application/x-www-form-urlencoded", {}),
        ("context.order=7", "application/x-www-form-urlencoded", {"order": "7"}),
        ("context=%7B%22n%22%3A1%7D", "application/x-www-form-urlencoded", {"n": 1}),
        ("context=%5B1%5D", "application/x-www-form-urlencoded", {}),
    ],
)
def test_an_empty_body_and_a_form_are_taken(api, ports, sent, content_type, payload):
    answer = api("POST", TRIGGER, sent, content_type=content_type)

    assert answer.status == 201
    assert invocations(ports)[0].payload == payload


def test_options_narrow_who_hears(api, ports):
    filters = {
        "include": [
            [{"custom_fields__city__in": ["Rome", "{{ city.name }}"]}, {"username": "ana"}]
        ],
        "exclude": {"email__iendswith": ".org", "is_active": False},
    }
    options = {
        "limit_to": ["ana@example.com"],
        "channels": ["email", "int_slack", "slack"],
        "environs": ["staging"],
        "filters": filters,
    }

    answer = api.trigger({"context": {"city": {"name": "Oslo"}}, "options": options})

    assert answer.status == 201, answer.text
    narrowing = invocations(ports)[0].narrowing
    assert narrowing.addresses == ("ana@example.com",)
    assert narrowing.channels == ("email", "int_slack", "slack")
    assert narrowing.environments == ("staging",)
    included = {"Oslo": True, "Rome": True, "Paris": False}
    for city, reached in included.items():
        person = a.subscriber("ben", email="ben@example.com", data={"city": city})
        assert narrowing.admits(person) is reached
    assert narrowing.admits(a.subscriber("ana"))
    excluded = a.subscriber("ana", email="ana@example.org", locked=True)
    assert not narrowing.admits(excluded)


def test_a_list_of_conditions_is_a_choice(api, ports):
    either = [{"username": "ana"}, {"username": "ben"}]
    api.trigger({"options": {"filters": {"include": either, "exclude": []}}})

    narrowing = invocations(ports)[0].narrowing
    assert [narrowing.admits(a.subscriber(id)) for id in ("ana", "ben", "zoe")] == [
        True,
        True,
        False,
    ]


def test_a_paused_event_is_taken_and_says_so(api, ports):
    save(ports, "waiting", paused=True)

    answer = api.trigger(event="waiting")

    assert answer.status == 201
    assert answer.json == {"occurrence": invocations(ports)[0].id, "paused": True}
    assert invocations(ports)[0].paused


@pytest.mark.parametrize("place", ["shop", "shop/orders"])
@pytest.mark.parametrize(
    ("switch", "expected"),
    [
        ({"locked": True}, (400, "Unable to process this event. Event locked")),
        ({"active": False}, (400, "Unable to accept this event. Event is paused or deactivated")),
        ({"paused": True}, (201, None)),
    ],
)
def test_an_application_and_its_project_switch_their_events(api, ports, place, switch, expected):
    place = Application(path=place, name=place, created_at=a.NOW, updated_at=a.NOW, **switch)
    ports.applications.add(a.TENANT, place)

    answer = api.trigger({})

    assert (answer.status, answer.json.get("error")) == expected
    assert bool(answer.json.get("paused")) is (answer.status == 201)


@pytest.mark.parametrize(
    ("switch", "said"),
    [
        ({"active": False}, "Unable to accept this event. Event is paused or deactivated"),
        ({"locked": True}, "Unable to process this event. Event locked"),
    ],
)
def test_an_event_that_is_off_or_locked_is_refused(api, ports, switch, said):
    save(ports, "off", **switch)

    answer = api.trigger(event="off")

    assert (answer.status, answer.json) == (400, {"error": said})
    assert not invocations(ports)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"options": {"foo": 1}}, {"options": {"non_field_errors": ["Unknown field(s): foo"]}}),
        (
            {"context": "x", "options": {"channels": 7}},
            {
                "payload_context": ['Expected a dictionary of items but got type "str".'],
                "options": {"channels": ['Expected a list of items but got type "int".']},
            },
        ),
        ([], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
        ({"context": None}, {"payload_context": ["This field may not be null."]}),
        ({"options": None}, {"options": ["This field may not be null."]}),
        (
            {"options": {"limit_to": None}},
            {"options": {"limit_to": ["This field may not be null."]}},
        ),
        (
            {"options": []},
            {
                "options": {
                    "non_field_errors": ["Invalid data. Expected a dictionary, but got list."]
                }
            },
        ),
        (
            {"options": {"limit_to": [True]}},
            {"options": {"limit_to": {"0": ["Not a valid string."]}}},
        ),
        (
            {"options": {"filters": {"exclude": []}}},
            {"options": {"filters": {"error": "'include' is a required property"}}},
        ),
        (
            {"options": {"filters": {"include": {"password": "x"}, "exclude": []}}},
            {"options": {"filters": {"error": "Cannot resolve keyword 'password' into field"}}},
        ),
        (
            {"options": {"channels": ["pigeon"]}},
            {"options": {"channels": ["Unknown channel(s): pigeon"]}},
        ),
        (
            "{x",
            {
                "detail": "JSON parse error - Expecting property name enclosed in double quotes: "
                "line 1 column 2 (char 1)"
            },
        ),
    ],
    ids=repr,
)
def test_what_is_wrong_with_a_body_is_said_in_bitcasters_words(api, ports, body, said):
    answer = api.trigger(body)

    assert (answer.status, answer.json) == (400, said)
    assert not invocations(ports)


def test_a_correlation_id_has_255_characters_at_most(api):
    answer = api.trigger({}, cid="x" * 256)

    assert answer.status == 400
    assert answer.json == {"cid": ["Ensure this field has no more than 255 characters."]}
    assert api.trigger({}, cid="x" * 255).status == 201


def test_a_context_against_the_events_schema_is_refused(api, ports):
    order = {"type": "object", "required": ["id"]}
    schema = {"type": "object", "required": ["order"], "properties": {"order": order}}
    save(ports, "strict", input_schema=schema)

    answer = api.trigger({"context": {}}, event="strict")
    within = api.trigger({"context": {"order": {}}}, event="strict")

    assert (answer.status, within.status) == (400, 400)
    assert answer.json == {"payload_context": ['"order" is a required property']}
    assert within.json == {"payload_context": ['order: "id" is a required property']}


@pytest.mark.parametrize(
    ("authorization", "said"),
    [
        (None, "Authentication credentials were not provided."),
        ("", "Authentication credentials were not provided."),
        ("Basic YTpi", "Authentication credentials were not provided."),
        ("Key", "Invalid token header. No credentials provided."),
        ("Key a b", "Invalid token header. Token string should not contain spaces."),
        ("Key nonsense", "Invalid token."),
        (f"Key {OTHER_KEY}", "Invalid token."),
    ],
)
def test_who_has_no_key_is_told_so(stranger, authorization, said):
    headers = {} if authorization is None else {"authorization": authorization}

    for method, path in (("GET", f"{SHOP}/e/"), ("POST", TRIGGER), ("GET", "/api/system/ping/")):
        answer = stranger(method, path, "{x", **headers)

        assert (answer.status, answer.json) == (401, {"detail": said})
        assert answer.headers["www-authenticate"] == "Key"


@pytest.mark.parametrize("scheme", ["Key", "key", "KEY"])
def test_the_keyword_is_taken_however_it_is_written(api, scheme):
    assert Api(api.ports, api.key, scheme)("GET", f"{SHOP}/e/").status == 200


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("acme/p/other/a/orders", "Invalid project for k1"),
        ("acme/p/shop/a/other", "Invalid application for k1"),
    ],
)
def test_a_key_is_refused_outside_of_its_place_before_anything_is_looked_at(api, place, said):
    for method, rest in (("GET", "e/"), ("POST", "e/no-such/trigger/")):
        answer = api(method, f"/api/o/{place}/{rest}", "{x")

        assert (answer.status, answer.json) == (403, {"detail": said})


def test_an_organization_that_is_not_the_keys_does_not_exist(api):
    for organization in ("globex", "nobody", "x" * 300):
        for method, rest in (("GET", "e/"), ("POST", "e/no-such/trigger/")):
            answer = api(method, f"/api/o/{organization}/p/shop/a/orders/{rest}", "{x")

            assert (answer.status, answer.json) == (404, {"detail": "Not found."})


def test_options_are_taken_as_the_command_line_sends_them(api, ports):
    """`-o limit_to ana@example.com,bo@example.com`: each is a text."""
    filters = {"include": {"username": "ana"}, "exclude": []}
    as_texts = {
        "limit_to": "ana@example.com, bo@example.com",
        "channels": "email",
        "environs": "production",
        "filters": json.dumps(filters),
    }
    as_lists = {
        "limit_to": ["ana@example.com", "bo@example.com"],
        "channels": ["email"],
        "environs": ["production"],
        "filters": filters,
    }

    assert [api.trigger({"options": each}).status for each in (as_texts, as_lists)] == [201, 201]

    one, other = invocations(ports)
    assert one.narrowing == other.narrowing != None  # noqa: E711 - both, and there is one
    assert api.trigger({"options": {"limit_to": ""}}).status == 400


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/api/me/", "no user's"),
        ("/api/me/messages/", "no user's"),
        ("/api/o/acme/u/ana/messages/", "Novu's API"),
        ("/api/o/acme/p/shop/a/orders/attachment/", "Novu's API"),
        ("/api/o/acme/p/shop/a/orders/n/7/subscribe/", "distribution lists"),
        ("/api/o/acme/p/shop/a/orders/token/", "browsers"),
        ("/api/o/acme/nothing/", "Not found."),
    ],
)
def test_what_is_not_served_says_why(api, path, says):
    for slash in ("", "/"):
        answer = gateway.call(unknown_path, "GET", path.rstrip("/") + slash)

        assert answer.status == 404
        assert says in answer.json["detail"]


def test_a_key_may_reach_its_project_or_all_of_its_organization(as_key, ports):
    elsewhere = a.event_type("paid", application="news/mail", media={})
    ports.event_types.save(a.TENANT, elsewhere, expected=None)
    project, organization = (
        as_key(reach=reach) for reach in (KeyReach.PROJECT, KeyReach.ORGANIZATION)
    )
    news = "/api/o/acme/p/news/a/mail/e/paid/trigger/"

    assert project("POST", TRIGGER.replace("orders", "other")).status == 404
    assert project("POST", news).status == 403
    assert organization("POST", news).status == 201


@pytest.mark.parametrize(
    ("scope", "method", "path", "grant"),
    [
        (Scope.EVENT_LIST, "POST", TRIGGER, "EVENT_TRIGGER"),
        (Scope.EVENT_TRIGGER, "GET", f"{SHOP}/e/", "EVENT_LIST"),
    ],
)
def test_a_key_without_the_grant_is_refused(as_key, scope, method, path, grant):
    answer = as_key(scope)(method, path)

    said = f"You do not have permission to perform this action. [Grant.{grant}]"
    assert (answer.status, answer.json) == (403, {"detail": said})


def test_an_unknown_event_is_not_found(api):
    answer = api.trigger({}, event="nope")

    place = "{'org': 'acme', 'prj': 'shop', 'app': 'orders', 'evt': 'nope'}"
    assert (answer.status, answer.json) == (404, {"error": f"Event not found {place}"})


def test_an_unknown_application_is_not_found(wide):
    assert wide("GET", "/api/o/acme/p/shop/a/nope/e/").status == 404
    assert wide("GET", "/api/o/acme/p/nope/a/nope/e/").status == 404


def test_an_application_without_events_has_an_empty_list(as_key):
    assert as_key(application="shop/new").ok("GET", "/api/o/acme/p/shop/a/new/e/") == []


@pytest.mark.parametrize(
    "path",
    [f"{SHOP}/e/{'x' * 256}/trigger/", f"{SHOP}/e/paid/", f"{TRIGGER}x/", "/api/nowhere/", "/api/"],
)
def test_there_is_nothing_at_other_paths(api, path):
    answer = api("GET", path)

    assert (answer.status, answer.json) == (404, {"detail": "Not found."})


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", TRIGGER, "POST"), ("POST", f"{SHOP}/e/", "GET"), ("DELETE", TRIGGER, "POST")],
)
def test_another_method_is_not_allowed(api, method, path, allowed):
    answer = api(method, path)

    assert (answer.status, answer.json) == (405, {"detail": f'Method "{method}" not allowed.'})
    assert answer.headers["allow"] == allowed


def test_a_key_that_asks_too_much_is_told_when_to_come_back(api, ports):
    with gateway.using(ports, Limits({Category.TRIGGER: 1}, clock=lambda: 0.0)):
        answers = [api.trigger({}) for _ in range(7)]

    assert [answer.status for answer in answers].count(201) == 5
    assert answers[-1].status == 429
    seconds = answers[-1].headers["retry-after"]
    said = f"Request was throttled. Expected available in {seconds} second"
    assert answers[-1].json["detail"].startswith(said)


def test_a_queue_that_refuses_is_said_truthfully(api, ports):
    ports.queues.refuse_next = 10

    answer = api.trigger({})

    assert answer.status == 503
    assert answer.headers["retry-after"]
    assert "occurrence" not in answer.text


def test_a_key_of_some_environments_cannot_speak_of_others(api, ports):
    api.with_key(environments=("staging",))

    assert api.trigger({}).status == 201
    assert invocations(ports)[0].narrowing.environments == ("staging",)
    answer = api.trigger({"options": {"environs": ["production"]}})
    assert answer.status == 400
    assert answer.json == {"options": {"environs": ["The API key is not for production"]}}


def test_ping_tells_whose_key_it_is(as_key):
    for path in ("/api/system/ping/", "/api/system/ping"):
        assert as_key(Scope.ACTIVITY).ok("GET", path) == {"token": "k1"}


def test_another_tenants_events_are_nowhere(as_key):
    globex = as_key(tenant="globex")

    assert globex("POST", TRIGGER, {}).status == 404
    own = TRIGGER.replace("/acme/", "/globex/")
    assert globex("POST", own, {}).status == 404


def test_a_repeated_request_with_its_idempotency_key_happens_once(api):
    first, second = (api("POST", TRIGGER, {}, idempotency_key="once").json for _ in range(2))

    assert first == second


def test_an_occurrence_tells_what_became_of_it_and_why_nobody_was_reached(api, ports):
    occurrence = api.trigger({}, cid="A-1017").json["occurrence"]
    for job in ports.queues.jobs:
        fan_out(job, ports=ports.of(a.TENANT))

    told = api.ok("GET", f"{SHOP}/e/paid/o/{occurrence}/")

    assert told == api.ok("GET", f"{SHOP}/e/paid/o/{occurrence}")
    [skip] = told["skipped"]
    assert (told["status"], told["deliveries"]) == ("COMPLETED", {"skipped": 1})
    assert (told["id"], told["correlation_id"]) == (occurrence, "A-1017")
    assert (skip["reason"], skip["number"]) == ("nobody_to_reach", 1)
    assert "subscribe somebody" in skip["explanation"]


def test_an_occurrence_is_told_under_its_own_event_alone(api, wide, stranger, ports):
    occurrence = api.trigger({}).json["occurrence"]
    path = f"{SHOP}/e/paid/o/{occurrence}/"
    early = api("GET", path).status
    for job in ports.queues.jobs:
        fan_out(job, ports=ports.of(a.TENANT))

    assert early == 404  # until its recipients are looked for
    assert api("GET", path).status == 200
    assert api("GET", f"{SHOP}/e/other/o/{occurrence}/").status == 404
    assert wide("GET", path.replace("orders", "returns")).status == 404
    assert api("GET", f"{SHOP}/e/paid/o/never/").status == 404
    assert stranger("GET", path).status == 401
    assert api("POST", path, {}).status == 405
