"""Workflows by the older API, as novu 1.14 and @novu/node 2.6 write and read them."""

import json

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import Priority
from carillon.domain.catalogue.templates import Language
from tests import builders as a

BOTH = pytest.mark.parametrize("base", ["/v1/workflows", "/v1/notification-templates"])


def step(type="sms", content="Order {{order}} left", **fields):
    return {"template": {"type": type, "content": content, **fields}, "active": True}


def body(*steps, **fields):
    """As novu 1.14 sends it: with nulls for all that is not said."""
    nothing = dict.fromkeys(["description", "tags", "critical", "draft", "preferenceSettings"])
    known = {"name": "Order shipped!", "notificationGroupId": "general", "active": True}
    return {**nothing, **known, "steps": list(steps), **fields}


def stored(ports, slug="order-shipped"):
    event = ports.event_types.get(a.TENANT, "default/default", slug)
    return event, {t.medium: t for t in ports.templates.for_event(a.TENANT, event)}


@BOTH
def test_a_workflow_is_made_shown_switched_and_removed(acme, ports, base):
    made = acme.ok("POST", base, body(step(), critical=True, tags=["orders"]))

    assert made["triggers"][0]["identifier"] == made["_id"] == "order-shipped"
    assert (made["active"], made["critical"], made["tags"]) == (True, True, ["orders"])
    assert made["steps"][0]["template"]["content"] == "Order {{order}} left"
    event, templates = stored(ports)
    assert event.priority is Priority.REQUIRED
    assert templates[Channel.SMS].body == "Order {{order}} left"

    assert acme.ok("GET", f"{base}/order-shipped") == made
    assert not acme.ok("PUT", f"{base}/order-shipped/status", {"active": False})["active"]
    assert acme.ok("DELETE", f"{base}/order-shipped") is True
    assert acme("GET", f"{base}/order-shipped").status == 404


def test_an_identifier_is_the_name_and_more_if_that_is_taken(acme):
    first = acme.ok("POST", "/v1/workflows", body(step()))["triggers"][0]["identifier"]
    second = acme.ok("POST", "/v1/workflows", body(step()))["triggers"][0]["identifier"]

    assert first == "order-shipped"
    assert second.startswith("order-shipped-")
    assert acme.ok("POST", "/v1/workflows", body(step(), name="Größe"))["_id"] == "groe"
    assert acme.ok("POST", "/v1/workflows", body(step(), name="訂單"))["_id"] == "workflow"


def test_a_repeated_request_makes_no_second_workflow(acme):
    key = {"idempotency-key": "k1"}
    made = {acme.ok("POST", "/v1/workflows", body(step()), headers=key)["_id"] for _ in range(3)}

    assert made == {"order-shipped"}


def test_a_list_is_cut_into_pages(acme):
    for name in ("a", "b", "c"):
        acme.ok("POST", "/v1/workflows", body(step(), name=name))

    found = acme.ok("GET", "/v1/workflows", page="1", limit="2")

    assert [each["_id"] for each in found["data"]] == ["c", "welcome"]
    assert (found["page"], found["pageSize"], found["totalCount"]) == (1, 2, 4)
    assert found["data"][1]["steps"][0]["template"]["type"] == "email"


def test_a_mail_of_blocks_is_markup_and_text(acme, ports):
    blocks = [
        {"type": "text", "content": "Hello <b>{{firstName}}</b>"},
        {"type": "button", "content": "Track", "url": "https://t.example"},
    ]
    acme.ok("POST", "/v1/workflows", body(step("email", blocks, subject="S")))

    mail = stored(ports)[1][Channel.EMAIL]
    assert mail.body == "Hello {{firstName}}\nTrack (https://t.example)"
    assert '<a href="https://t.example">Track</a>' in mail.html
    assert mail.subject == "S"


def test_an_in_app_step_leads_somewhere(acme, ports):
    cta = {
        "type": "redirect",
        "data": {"url": "/orders"},
        "action": {"buttons": [{"type": "primary", "content": "Track"}]},
    }
    made = acme.ok("POST", "/v1/workflows", body(step("in_app", "Hi", cta=cta)))

    shown = stored(ports)[1][Channel.IN_APP].in_app
    assert (shown.url, shown.primary) == ("/orders", "Track")
    assert made["steps"][0]["template"]["cta"] == cta


def test_an_inactive_step_is_kept_and_sends_nothing(acme, ports):
    acme.ok("POST", "/v1/workflows", body(step() | {"active": False}))

    assert stored(ports)[0].media == {Channel.SMS: False}


def test_an_update_changes_what_it_gives(acme, ports):
    acme.ok("POST", "/v1/workflows", body(step(), step("chat", "Hi"), description="D"))

    kept = acme.ok("PUT", "/v1/workflows/order-shipped", {"name": "Renamed"})
    assert (kept["name"], kept["description"], len(kept["steps"])) == ("Renamed", "D", 2)

    acme.ok("PUT", "/v1/workflows/order-shipped", body(step("push", "Hi", title="T")))
    assert set(stored(ports)[1]) == {Channel.PUSH}
    wanted = {"preferenceSettings": {"push": False}}
    shown = acme.ok("PUT", "/v1/workflows/order-shipped", wanted)["preferenceSettings"]
    assert (shown["push"], shown["email"]) == (False, True)


def test_a_template_in_handlebars_is_kept_as_it_was_written_and_rendered(acme, ports):
    content = "{{#each lines}}{{@index}}: {{uppercase sku}}{{#if ../gift}} (gift){{/if}}\n{{/each}}"
    made = acme.ok("POST", "/v1/workflows", body(step(content=content)))

    template = stored(ports)[1][Channel.SMS]
    data = {"lines": [{"sku": "x"}, {"sku": "y"}], "gift": True}
    assert made["steps"][0]["template"]["content"] == content
    assert template.language is Language.HANDLEBARS
    assert ports.renderer.render(template, data).body == "0: X (gift)\n1: Y (gift)\n"


def test_what_handlebars_of_novu_had_and_we_have_not_is_named_when_it_is_saved(acme):
    content = "{{#if a}}\n{{> footer}}{{/if}}"

    answer = acme("POST", "/v1/workflows", body(step(content=content)))

    assert answer.status == 422
    assert "line 2" in json.dumps(answer.json)
    assert "there are no partials, write its text" in json.dumps(answer.json)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": None}, "name"),
        ({"steps": [step("digest")]}, "steps.0.template.type"),
        ({"steps": [step(), step()]}, "steps"),
        ({"steps": [step() | {"filters": [{"children": [{"on": "payload"}]}]}]}, "steps.0.filters"),
        ({"steps": [{"active": True}]}, "steps.0.template"),
        ({"preferenceSettings": {"email": "no idea"}}, "preferenceSettings.email"),
        ({"steps": [step(content="{{#if x}}")]}, "steps.0.controlValues.body"),
    ],
)
def test_what_is_wrong_is_named(acme, ports, fields, field):
    problems = acme.problems("POST", "/v1/workflows", body(step(), **fields))

    assert [*problems] == [field]
    assert acme("GET", "/v1/workflows/order-shipped").status == 404


def test_filters_without_conditions_are_none(acme):
    empty = step() | {"filters": [{"isNegated": False, "children": []}], "metadata": None}

    assert acme.ok("POST", "/v1/workflows", body(empty))["_id"] == "order-shipped"
