"""Event types and their templates."""

from dataclasses import replace

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Conflict
from carillon.domain.tenancy.quotas import Quotas
from tests import gateway

SCHEMA = {
    "type": "object",
    "properties": {"order": {"type": "string"}},
    "required": ["order"],
}
SHIPPED = {"slug": "order-shipped", "name": "Order shipped"}
PATH = "/event-types/order-shipped"
MAIL = {"medium": "email", "subject": "{{ payload.order }}", "body": "Order {{ payload.order }}"}


@pytest.fixture
def shipped(acme):
    return acme.ok("POST", "/event-types", SHIPPED)


def test_an_event_type_is_created_in_the_keys_application(acme, shipped):
    assert shipped["application"] == "default/default"
    assert shipped["version"] == 1
    assert shipped["media"] == {}
    assert acme.ok("GET", PATH) == shipped


def test_the_same_slug_lives_in_two_applications(acme, shipped):
    acme.ok("POST", "/event-types", SHIPPED | {"application": "shop/web"})

    listed = acme.ok("GET", "/event-types", application="shop/web")["items"]

    assert [e["application"] for e in listed] == ["shop/web"]
    assert acme.ok("GET", PATH, application="shop/web")["application"] == "shop/web"


def test_a_slug_is_taken_once_in_an_application(acme, shipped):
    answer = acme("POST", "/event-types", SHIPPED | {"name": "Another"})

    assert answer.status == 409
    assert "order-shipped" in answer.json["detail"]


def test_only_what_is_given_changes(acme):
    acme.ok("POST", "/event-types", SHIPPED | {"input_schema": SCHEMA, "description": "Parcels"})

    changed = acme.ok("PATCH", PATH, {"paused": True})

    assert changed["paused"] is True
    assert changed["input_schema"] == SCHEMA
    assert changed["description"] == "Parcels"
    assert changed["version"] == 2


def test_null_takes_a_schema_away(acme):
    acme.ok("POST", "/event-types", SHIPPED | {"input_schema": SCHEMA})

    assert acme.ok("PATCH", PATH, {"input_schema": None})["input_schema"] is None


def test_a_slug_never_changes(acme, shipped):
    assert set(acme.problems("PATCH", PATH, {"slug": "other"})) == {"slug"}


@pytest.mark.parametrize("name", ["input_schema", "output_schema"])
def test_a_schema_must_be_one(acme, name):
    problems = acme.problems("POST", "/event-types", SHIPPED | {name: {"type": "sausage"}})

    assert [path.startswith(name) for path in problems] == [True]


def test_a_sample_must_satisfy_the_schema(acme, shipped):
    acme.ok("PATCH", PATH, {"input_schema": SCHEMA, "sample": {"order": "A1"}})

    problems = acme.problems("PATCH", PATH, {"sample": {"order": 1}})

    assert set(problems) == {"sample.order"}


def test_a_schema_must_fit_the_sample_it_meets(acme):
    acme.ok("POST", "/event-types", SHIPPED | {"sample": {"order": 1}})

    assert "sample.order" in acme.problems("PATCH", PATH, {"input_schema": SCHEMA})


def test_a_schema_is_not_boundless(acme):
    huge = {"description": "x" * 60_000, "title": "x" * 60_000}

    assert set(acme.problems("POST", "/event-types", SHIPPED | {"input_schema": huge})) == {
        "input_schema"
    }


def test_event_types_are_listed_page_by_page(acme):
    for slug in ("a", "b", "c"):
        acme.ok("POST", "/event-types", {"slug": slug, "name": slug})

    first = acme.ok("GET", "/event-types", limit="2")
    second = acme.ok("GET", "/event-types", cursor=first["next_cursor"])

    assert [e["slug"] for e in first["items"]] == ["a", "b"]
    assert [e["slug"] for e in second["items"]] == ["c"]


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"page": "2"}])
def test_a_list_is_asked_for_within_limits(acme, query):
    assert set(acme.problems("GET", "/event-types", **query)) == set(query)


def test_a_forged_cursor_is_refused(acme):
    assert set(acme.problems("GET", "/event-types", cursor="bm9uc2Vuc2U")) == {"cursor"}


def test_another_tenants_event_type_is_not_there(acme, globex, shipped):
    assert globex("GET", PATH).status == 404
    assert globex("PATCH", PATH, {"name": "x"}).status == 404
    assert globex("DELETE", PATH).status == 404
    assert globex("GET", f"{PATH}/templates").status == 404
    assert globex("PUT", f"{PATH}/templates", MAIL).status == 404
    assert globex.ok("GET", "/event-types")["items"] == []
    assert acme.ok("GET", PATH) == shipped


def test_a_template_makes_its_medium_known_to_the_event_type(acme, shipped):
    saved = acme.ok("PUT", f"{PATH}/templates", MAIL)

    event = acme.ok("GET", PATH)

    assert (saved["medium"], saved["locale"]) == ("email", "en")
    assert event["media"] == {"email": True}
    assert event["version"] == 2


def test_a_medium_is_active_while_one_of_its_templates_is(acme, shipped):
    acme.ok("PUT", f"{PATH}/templates", MAIL)
    acme.ok("PUT", f"{PATH}/templates", MAIL | {"locale": "de", "active": False})
    assert acme.ok("GET", PATH)["media"] == {"email": True}

    acme.ok("PUT", f"{PATH}/templates", MAIL | {"active": False})

    assert acme.ok("GET", PATH)["media"] == {"email": False}


def test_saving_a_template_again_replaces_it(acme, shipped):
    acme.ok("PUT", f"{PATH}/templates", MAIL)
    acme.ok("PUT", f"{PATH}/templates", MAIL | {"body": "New words"})

    [template] = acme.ok("GET", f"{PATH}/templates")["items"]

    assert template["body"] == "New words"


def test_a_locale_is_one_however_it_is_spelled(acme, shipped):
    acme.ok("PUT", f"{PATH}/templates", MAIL | {"locale": "de_ch"})
    acme.ok("PUT", f"{PATH}/templates", MAIL | {"locale": "de-CH"})

    [template] = acme.ok("GET", f"{PATH}/templates")["items"]

    assert template["locale"] == "de-CH"
    assert acme.ok("GET", f"{PATH}/templates/email/DE_ch") == template


def test_a_removed_template_is_gone_with_its_medium(acme, shipped):
    acme.ok("PUT", f"{PATH}/templates", MAIL)

    acme.ok("DELETE", f"{PATH}/templates/email/en")

    assert acme("GET", f"{PATH}/templates/email/en").status == 404
    assert acme("DELETE", f"{PATH}/templates/email/en").status == 404
    assert acme.ok("GET", PATH)["media"] == {}


@pytest.mark.parametrize(
    ("field", "source"),
    [("body", "{{ payload.order"), ("subject", "{% if %}"), ("html", "{% no_such_tag %}")],
)
def test_a_template_is_checked_when_saved(acme, shipped, field, source):
    problems = acme.problems("PUT", f"{PATH}/templates", MAIL | {field: source})

    assert set(problems) == {field}
    assert acme.ok("GET", PATH)["media"] == {}


def test_an_in_app_template_has_links_and_buttons(acme, shipped):
    extras = {"avatar": "https://x.example/a.png", "url": "/orders/{{ order }}", "primary": "Look"}
    given = MAIL | {"medium": "in_app", "in_app": extras}

    saved = acme.ok("PUT", f"{PATH}/templates", given)
    wrong = acme.problems("PUT", f"{PATH}/templates", given | {"in_app": {"url": "{{ order"}})

    assert {name: text for name, text in saved["in_app"].items() if text} == extras
    assert acme.ok("GET", f"{PATH}/templates/in_app/en") == saved
    assert set(wrong) == {"in_app.url"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("medium", "pigeon"), ("locale", "english please"), ("body", ""), ("subject", "x" * 1001)],
)
def test_a_template_that_makes_no_sense_is_refused(acme, shipped, field, value):
    assert set(acme.problems("PUT", f"{PATH}/templates", MAIL | {field: value})) == {field}


def test_a_template_needs_an_event_type(acme):
    assert acme("PUT", f"{PATH}/templates", MAIL).status == 404


def test_templates_are_listed_page_by_page(acme, shipped):
    for locale in ("de", "en", "fr"):
        acme.ok("PUT", f"{PATH}/templates", MAIL | {"locale": locale})

    first = acme.ok("GET", f"{PATH}/templates", limit="2")
    second = acme.ok("GET", f"{PATH}/templates", limit="2", cursor=first["next_cursor"])

    assert [t["locale"] for t in first["items"] + second["items"]] == ["de", "en", "fr"]
    assert second["next_cursor"] is None


def test_an_event_type_goes_with_its_templates_and_subscriptions(acme, shipped):
    acme.ok("PUT", f"{PATH}/templates", MAIL)
    acme.ok("POST", "/topics", {"topics": [{"key": "all"}]})
    acme.ok("POST", "/subscriptions", {"event_type": "order-shipped", "target": {"topic": "all"}})

    acme.ok("DELETE", PATH)

    assert acme("GET", PATH).status == 404
    assert acme.ok("GET", "/subscriptions")["items"] == []
    assert acme.ok("POST", "/event-types", SHIPPED)["media"] == {}
    assert acme.ok("GET", f"{PATH}/templates")["items"] == []


def test_two_who_change_one_event_type_both_succeed(acme, shipped, ports, monkeypatch):
    save = ports.event_types.save
    rivals = iter([True])

    def after_a_rival(tenant, event, *, expected):
        if next(rivals, False):
            theirs = ports.event_types.get(tenant, event.application, event.slug)
            theirs = replace(theirs, version=2, media={Channel.CHAT: True}, description="theirs")
            save(tenant, theirs, expected=1)
        save(tenant, event, expected=expected)

    monkeypatch.setattr(ports.event_types, "save", after_a_rival)

    changed = acme.ok("PATCH", PATH, {"name": "ours"})

    assert (changed["name"], changed["description"]) == ("ours", "theirs")
    assert changed["version"] == 3


def test_who_never_gets_through_is_told(acme, shipped, ports, monkeypatch):
    def taken(*_, **__):
        raise Conflict("changed")

    monkeypatch.setattr(ports.event_types, "save", taken)

    assert acme("PATCH", PATH, {"name": "ours"}).status == 409


CHAT = {"medium": "chat", "body": "Order {{ order }} is on its way"}


def test_one_provider_may_have_words_of_its_own(acme, shipped):
    acme.ok("PUT", f"{PATH}/templates", CHAT)
    own = acme.ok("PUT", f"{PATH}/templates", CHAT | {"provider": "slack", "body": "For Slack"})

    assert own["provider"] == "slack"
    assert len(acme.ok("GET", f"{PATH}/templates")["items"]) == 2
    assert acme.ok("GET", f"{PATH}/templates/chat/en", provider="slack") == own
    acme.ok("DELETE", f"{PATH}/templates/chat/en", provider="slack")
    assert acme.ok("GET", f"{PATH}/templates/chat/en")["body"] == CHAT["body"]


@pytest.mark.parametrize("provider", ["no-such", "ses", "../x"])
def test_words_for_a_provider_need_one_of_the_medium(acme, shipped, provider):
    problems = acme.problems("PUT", f"{PATH}/templates", CHAT | {"provider": provider})

    assert set(problems) == {"provider"}


def test_an_event_type_has_as_many_templates_as_its_quota_allows(acme, ports):
    acme.ok("POST", "/event-types", SHIPPED)
    with gateway.using(replace(ports, quotas=Quotas(templates=1))):
        acme.ok("PUT", f"{PATH}/templates", MAIL)
        acme.ok("PUT", f"{PATH}/templates", MAIL | {"subject": "Other"})

        refused = acme("PUT", f"{PATH}/templates", MAIL | {"locale": "de"})

    assert (refused.status, refused.json["detail"]) == (403, "The event type has 1 of 1 templates")
