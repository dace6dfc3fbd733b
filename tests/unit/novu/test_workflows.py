"""Workflows by the newer API: event types with their templates, in Novu's words."""

import pytest
from novu_py import models

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import Priority, Severity
from carillon.domain.tenancy.access import Scope
from tests import builders as a

EMAIL = {
    "name": "The mail",
    "type": "email",
    "controlValues": {
        "subject": "Order {{payload.order}}",
        "body": "<p>Hello {{subscriber.firstName}} &amp; all</p><p>Bye</p>",
        "editorType": "html",
    },
}
CHAT = {"name": "Chat", "type": "chat", "controlValues": {"body": "{{payload.order}} left"}}
SCHEMA = {"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]}


def workflow(*steps, **fields):
    known = {"name": "Order shipped", "workflowId": "order-shipped", "active": True}
    return {"steps": list(steps), **known, **fields}


@pytest.fixture
def create(acme):
    return lambda *steps, **fields: acme.ok("POST", "/v2/workflows", workflow(*steps, **fields))


def stored(ports, slug="order-shipped"):
    event = ports.event_types.get(a.TENANT, "default/default", slug)
    return event, {t.medium: t for t in ports.templates.for_event(a.TENANT, event)}


def test_a_workflow_is_an_event_type_with_a_template_a_step(create, ports):
    create(EMAIL, CHAT, description="Goods left", tags=["orders"], severity="high")

    event, templates = stored(ports)
    assert (event.name, event.description, event.tags) == (
        "Order shipped",
        "Goods left",
        ("orders",),
    )
    assert event.severity is Severity.CRITICAL
    assert event.media == {Channel.CHAT: True, Channel.EMAIL: True}
    mail = templates[Channel.EMAIL]
    assert mail.subject == "Order {{payload.order}}"
    assert mail.html == EMAIL["controlValues"]["body"]
    assert mail.body == "Hello {{subscriber.firstName}} & all\nBye"
    assert templates[Channel.CHAT].body == "{{payload.order}} left"


def test_the_answer_is_what_the_official_client_parses(create, acme):
    created = models.WorkflowResponseDto.model_validate(create(EMAIL, CHAT, tags=["orders"]))

    assert (created.workflow_id, created.status, created.origin) == (
        "order-shipped",
        "ACTIVE",
        "novu-cloud",
    )
    mail, chat = created.steps
    assert (mail.name, mail.step_id, mail.type) == ("The mail", "the-mail", "email")
    assert mail.control_values.body == EMAIL["controlValues"]["body"]
    assert chat.controls.values.body == "{{payload.order}} left"
    assert acme.ok("GET", f"/v2/workflows/{created.slug}") == acme.ok(
        "GET", f"/v2/workflows/{created.id}"
    )


def test_a_workflow_of_any_step_can_be_triggered_at_once(create, acme, ports):
    create(EMAIL)

    answer = acme.ok("POST", "/v1/events/trigger", {"name": "order-shipped", "to": "ana"})

    assert answer["status"] == "processed"
    assert ports.queues.jobs[0].invocations[0].event == "order-shipped"


def test_every_channel_of_novu_is_a_medium(create, ports):
    texts = [
        {"name": type, "type": type, "controlValues": {"subject": "S", "body": type}}
        for type in ("in_app", "email", "sms", "chat", "push")
    ]
    created = models.WorkflowResponseDto.model_validate(create(*reversed(texts)))

    assert [step.type for step in created.steps] == ["push", "chat", "sms", "email", "in_app"]
    assert {medium: t.body for medium, t in stored(ports)[1].items()} == {
        Channel(text["type"]): text["type"] for text in texts
    }


def test_an_in_app_step_says_where_it_leads(create, ports):
    controls = {
        "body": "Seen",
        "avatar": "https://a.example/{{payload.who}}.png",
        "redirect": {"url": "/orders/{{payload.order}}", "target": "_self"},
        "primaryAction": {"label": "Track", "redirect": {"url": "https://t.example"}},
        "secondaryAction": None,
        "disableOutputSanitization": False,
    }
    created = create({"name": "Bell", "type": "in_app", "controlValues": controls})

    shown = stored(ports)[1][Channel.IN_APP].in_app
    assert (shown.url, shown.primary, shown.primary_url) == (
        "/orders/{{payload.order}}",
        "Track",
        "https://t.example",
    )
    values = models.InAppControlDto.model_validate(created["steps"][0]["controlValues"])
    assert values.primary_action.redirect.url == "https://t.example"
    assert values.secondary_action is None


def test_what_is_not_said_to_be_active_is_not(acme):
    body = workflow(EMAIL)
    del body["active"]

    assert acme.ok("POST", "/v2/workflows", body)["status"] == "INACTIVE"
    trigger = {"name": "order-shipped", "to": "ana"}
    assert acme.ok("POST", "/v1/events/trigger", trigger)["status"] == "trigger_not_active"


def test_a_step_without_a_body_is_kept_and_sends_nothing(create, acme):
    created = create({"name": "Later", "type": "sms"})

    assert created["status"] == "ERROR"
    [step] = models.WorkflowResponseDto.model_validate(created).steps
    assert step.issues.controls["body"][0].issue_type == "MISSING_VALUE"
    trigger = {"name": "order-shipped", "to": "ana"}
    answer = acme.ok("POST", "/v1/events/trigger", trigger)
    assert answer["status"] == "no_workflow_active_steps_defined"


@pytest.mark.parametrize("type", ["delay", "digest", "throttle", "custom", "http_request", "tool"])
def test_steps_that_are_no_messages_are_refused_with_what_to_do(acme, type, ports):
    step = {"name": "x", "type": type, "controlValues": {}}
    problems = acme.problems("POST", "/v2/workflows", workflow(EMAIL, step))

    assert f"{type} steps are not supported" in problems["steps.1.type"]
    assert acme("GET", "/v2/workflows/order-shipped").status == 404


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"workflowId": "has spaces"}, "workflowId"),
        ({"workflowId": None}, "workflowId"),
        ({"workflowId": "x" * 101}, "workflowId"),
        ({"name": " "}, "name"),
        ({"name": 7}, "name"),
        ({"steps": "none"}, "steps"),
        ({"steps": [{"type": "email"}]}, "steps.0.name"),
        ({"steps": [{"name": "x", "type": "fax"}]}, "steps.0.type"),
        ({"steps": [{"name": "x", "type": ["email"]}]}, "steps.0.type"),
        ({"steps": [EMAIL, EMAIL]}, "steps"),
        ({"severity": "deadly"}, "severity"),
        ({"payloadSchema": {"type": 7}}, "payloadSchema.type"),
        ({"payloadSchema": {"description": "x" * 65_536}}, "payloadSchema"),
        ({"tags": ["x" * 65]}, "tags.0"),
        ({"preferences": {"user": {"all": {"enabled": "maybe"}}}}, "preferences.user.all.enabled"),
    ],
)
def test_what_is_wrong_is_named(acme, ports, fields, field):
    problems = acme.problems("POST", "/v2/workflows", workflow(EMAIL) | fields)

    assert [*problems] == [field]
    assert [e.slug for e in ports.event_types.list(a.TENANT, "default/default", None, 9).items] == [
        "welcome"
    ]


@pytest.mark.parametrize(
    ("control", "value"),
    [
        ("skip", {"and": [True]}),
        ("layoutId", "main"),
        ("from", {"email": "a@b.example"}),
        ("replyTo", "a@b.example"),
        ("preheader", "Look"),
        ("disableOutputSanitization", True),
        ("data", {"a": 1}),
    ],
)
def test_what_a_step_cannot_do_is_refused_and_not_forgotten(acme, control, value):
    step = {**EMAIL, "controlValues": {**EMAIL["controlValues"], control: value}}

    problems = acme.problems("POST", "/v2/workflows", workflow(step))

    assert "is not supported" in problems[f"steps.0.controlValues.{control}"]


def test_a_document_of_the_block_editor_is_refused(acme):
    step = {**EMAIL, "controlValues": {"subject": "S", "body": '{"type": "doc", "content": []}'}}

    assert (
        "block editor"
        in (acme.problems("POST", "/v2/workflows", workflow(step))["steps.0.controlValues.body"])
    )


def test_a_template_that_is_none_is_refused_by_its_step(acme):
    bad = {**CHAT, "controlValues": {"body": "{{ payload.x "}}
    mail = {**EMAIL, "controlValues": {"subject": "{% if %}", "body": "<p>{% nothing %}</p>"}}

    problems = acme.problems("POST", "/v2/workflows", workflow(bad, mail))

    assert {"steps.0.controlValues.body", "steps.1.controlValues.subject"} <= set(problems)
    assert acme("GET", "/v2/workflows/order-shipped").status == 404


def test_a_taken_identifier_is_refused_and_overwrites_nothing(create, acme, ports):
    create(EMAIL)

    problems = acme.problems("POST", "/v2/workflows", workflow(CHAT, name="Another"))

    assert "another workflow" in problems["workflowId"]
    event, templates = stored(ports)
    assert (event.name, [*templates]) == ("Order shipped", [Channel.EMAIL])


def test_a_request_repeated_with_its_key_finds_what_it_made(acme):
    key = {"idempotency-key": "k1"}
    once = acme("POST", "/v2/workflows", workflow(EMAIL), headers=key)
    again = acme("POST", "/v2/workflows", workflow(EMAIL), headers=key)
    other = acme("POST", "/v2/workflows", workflow(CHAT), headers=key)

    assert (once.status, again.status, other.status) == (201, 201, 422)
    same = {"workflowId", "name", "steps", "createdAt"}
    assert {k: once.json["data"][k] for k in same} == {k: again.json["data"][k] for k in same}
    assert again.headers["idempotency-key"] == "k1"


def test_a_payload_is_checked_as_its_workflow_says(create, acme):
    create(EMAIL, payloadSchema=SCHEMA)
    trigger = {"name": "order-shipped", "to": "ana", "payload": {}}

    refused = acme("POST", "/v1/events/trigger", trigger)
    assert (refused.status, refused.json["type"]) == (400, "PAYLOAD_VALIDATION_ERROR")

    acme.ok("PATCH", "/v2/workflows/order-shipped", {"validatePayload": False})
    assert acme.ok("POST", "/v1/events/trigger", trigger)["status"] == "processed"
    kept = acme.ok("GET", "/v2/workflows/order-shipped")
    assert (kept["payloadSchema"], kept["validatePayload"]) == (SCHEMA, False)

    acme.ok("PATCH", "/v2/workflows/order-shipped", {"payloadSchema": None})
    assert "payloadSchema" not in acme.ok("GET", "/v2/workflows/order-shipped")


def test_preferences_are_what_subscribers_get_who_chose_nothing(create, ports):
    chosen = {
        "all": {"enabled": True, "readOnly": True},
        "channels": {"email": {"enabled": False}, "webhook": {"enabled": False}},
    }
    created = create(EMAIL, preferences={"user": None, "workflow": chosen})

    event, _ = stored(ports)
    assert event.priority is Priority.REQUIRED
    assert not event.defaults.wants(Channel.EMAIL)
    assert event.defaults.wants(Channel.CHAT)
    shown = models.WorkflowResponseDto.model_validate(created).preferences.default
    assert shown.all.read_only
    assert (shown.channels["email"].enabled, shown.channels["chat"].enabled) == (False, True)


def test_an_update_puts_its_steps_in_the_place_of_all(create, acme, ports):
    create(EMAIL, CHAT, description="Goods left")
    event, _ = stored(ports)
    webhook = a.template("order-shipped", Channel.WEBHOOK)
    ports.templates.put(a.TENANT, webhook)
    ports.templates.put(a.TENANT, a.template("order-shipped", Channel.CHAT, locale="de"))

    push = {"name": "Push", "type": "push", "controlValues": {"subject": "Gone", "body": "Bye"}}
    update = {"name": "Renamed", "steps": [push, EMAIL], "preferences": {}, "active": True}
    updated = acme.ok("PUT", "/v2/workflows/order-shipped", update)

    assert [step["type"] for step in updated["steps"]] == ["push", "email"]
    after, templates = stored(ports)
    assert (after.name, after.description) == ("Renamed", "Goods left")
    assert after.media == {Channel.EMAIL: True, Channel.PUSH: True, Channel.WEBHOOK: True}
    assert set(templates) == set(after.media)
    assert after.version > event.version


def test_a_patch_changes_what_it_gives(create, acme, ports):
    create(EMAIL)

    patched = acme.ok("PATCH", "/v2/workflows/order-shipped", {"active": False, "tags": ["x"]})

    assert (patched["status"], patched["tags"], patched["name"]) == (
        "INACTIVE",
        ["x"],
        "Order shipped",
    )
    assert len(patched["steps"]) == 1
    assert acme.problems("PATCH", "/v2/workflows/order-shipped", {"active": "of course not"})


def test_a_removed_workflow_is_gone(create, acme):
    create(EMAIL)

    assert acme("DELETE", "/v2/workflows/order-shipped").status == 204
    assert acme("DELETE", "/v2/workflows/order-shipped").status == 404
    trigger = {"name": "order-shipped", "to": "ana"}
    assert acme("POST", "/v1/events/trigger", trigger).json["message"] == "workflow_not_found"


def test_event_types_of_the_admin_api_are_workflows_too(acme, ports):
    ports.event_types.save(a.TENANT, a.event_type("bare", media={}), expected=None)
    webhook = a.template("welcome", Channel.WEBHOOK)
    ports.templates.put(a.TENANT, webhook)

    listed = models.ListWorkflowResponse.model_validate(acme.ok("GET", "/v2/workflows"))
    shown = models.WorkflowResponseDto.model_validate(acme.ok("GET", "/v2/workflows/welcome"))

    assert {each.workflow_id for each in listed.workflows} == {"bare", "welcome"}
    assert listed.total_count == 2
    assert [step.type for step in shown.steps] == ["email", "chat"]
    assert [step.name for step in shown.steps] == ["Email", "Chat"]


def test_a_step_is_shown_in_the_default_locale_and_kept_there(acme, ports):
    ports.templates.put(a.TENANT, a.template(medium=Channel.EMAIL, locale="de", body="Hallo"))
    update = {"name": "Welcome", "steps": [EMAIL], "preferences": {}}
    acme.ok("PUT", "/v2/workflows/welcome", update)

    _, templates = stored(ports, "welcome")
    assert (templates[Channel.EMAIL].locale, set(templates)) == ("en", {Channel.EMAIL})


def test_a_list_is_filtered_ordered_and_cut(create, acme):
    create(EMAIL)
    for name, fields in {
        "alpha": {"tags": ["orders", "x"]},
        "beta": {"tags": ["orders"], "active": False},
        "gamma": {},
    }.items():
        create(CHAT, name=name.title(), workflowId=name, **fields)

    def listed(**query):
        found = acme.ok("GET", "/v2/workflows", **query)
        return [each["workflowId"] for each in found["workflows"]], found["totalCount"]

    by_name = {"orderBy": "name", "orderDirection": "ASC"}
    assert listed(**by_name, limit="2.0", offset="1") == (["beta", "gamma"], 5)
    assert listed(**by_name, query="MM") == (["gamma"], 1)
    assert listed(**by_name, tags=["orders", "x"]) == (["alpha", "beta"], 2)
    assert listed(status="INACTIVE") == (["beta"], 1)
    assert acme("GET", "/v2/workflows", limit="0").status == 422
    assert acme("GET", "/v2/workflows", orderBy="color").status == 422


def test_one_step_is_shown_by_either_of_its_ids(create, acme):
    [step] = create(EMAIL)["steps"]
    path = "/v2/workflows/order-shipped/steps"

    assert acme.ok("GET", f"{path}/{step['stepId']}") == acme.ok("GET", f"{path}/{step['_id']}")
    models.StepResponseDto.model_validate(acme.ok("GET", f"{path}/the-mail"))
    assert acme("GET", f"{path}/other").status == 404


def test_a_sync_is_of_the_keys_own_environment_alone(create, acme):
    create(EMAIL)
    path = "/v2/workflows/order-shipped/sync"

    assert acme.ok("PUT", path, {"targetEnvironmentId": a.TENANT})["workflowId"] == "order-shipped"
    assert "targetEnvironmentId" in acme.problems("PUT", path, {"targetEnvironmentId": "globex"})


@pytest.mark.parametrize(
    "asked",
    [
        ("GET", "/v2/workflows/order-shipped", None),
        ("PUT", "/v2/workflows/order-shipped", {"name": "x", "steps": [], "preferences": {}}),
        ("PATCH", "/v2/workflows/order-shipped", {"active": False}),
        ("DELETE", "/v2/workflows/order-shipped", None),
        ("PUT", "/v2/workflows/order-shipped/sync", {"targetEnvironmentId": "globex"}),
        ("GET", "/v2/workflows/order-shipped/steps/the-mail", None),
        ("GET", "/v1/workflows/order-shipped", None),
        ("PUT", "/v1/workflows/order-shipped", {"name": "x"}),
        ("PUT", "/v1/workflows/order-shipped/status", {"active": False}),
        ("DELETE", "/v1/notification-templates/order-shipped", None),
    ],
)
def test_anothers_workflow_is_not_there(create, acme, globex, asked):
    create(EMAIL)

    answer = globex(*asked)

    assert answer.status == 404
    assert answer.json["message"] == "workflow 'order-shipped' not found"
    assert acme.ok("GET", "/v2/workflows/order-shipped")["active"]


def test_a_key_that_may_only_trigger_changes_no_workflow(with_scopes):
    caller = with_scopes(Scope.EVENT_TRIGGER)

    assert caller("POST", "/v2/workflows", workflow(EMAIL)).status == 403
    assert caller("GET", "/v1/workflows").status == 403
