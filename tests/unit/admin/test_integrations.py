"""Integrations: settings checked, secrets kept, one primary a channel."""

from dataclasses import replace

import pytest

from carillon.domain.tenancy.quotas import Quotas
from carillon.providers.registry import Providers
from tests import canaries, gateway

URL = canaries.WEBHOOK_URL
HOOK = {"provider": "webhook", "settings": {"url": URL}}
MAIL = {"provider": "ses", "settings": {"from": "Shop <shop@example.com>"}}
SECRET = canaries.WEBHOOK_SECRET
PROVIDERS = Providers()


def stored(ports, id):
    return ports.integrations.get("acme", id).settings


def test_a_webhook_gets_a_secret_that_is_shown_once(acme, ports):
    made = acme.ok("POST", "/integrations", HOOK)

    shown = acme.ok("GET", f"/integrations/{made['id']}")

    assert made["settings"]["secret"].startswith("whsec_")
    assert made["settings"]["secret"] == stored(ports, made["id"])["secret"]
    assert shown["settings"] == made["settings"] | {"secret": "***", "url": "***"}
    assert made["settings"]["secret"] not in acme("GET", "/integrations").text


def test_a_secret_that_was_given_is_never_shown(acme):
    body = {"provider": "webhook", "settings": {"url": URL, "secret": SECRET}}

    answer = acme("POST", "/integrations", body)

    assert answer.status == 201
    assert SECRET not in answer.text


def test_header_values_are_secrets_too(acme):
    settings = {"url": URL, "headers": {"x-api-key": canaries.PASSWORD}}

    made = acme.ok("POST", "/integrations", {"provider": "webhook", "settings": settings})

    assert made["settings"]["headers"] == {"x-api-key": "***"}


def test_what_is_harmless_is_shown(acme):
    made = acme.ok("POST", "/integrations", MAIL)

    assert made["channel"] == "email"
    assert made["settings"]["from"] == "Shop <shop@example.com>"


def test_an_identifier_is_made_from_the_provider(acme):
    made = acme.ok("POST", "/integrations", HOOK)

    assert made["identifier"].startswith("webhook-")
    assert len(made["identifier"]) == len("webhook-") + 6


def test_an_identifier_is_unique(acme, globex):
    acme.ok("POST", "/integrations", HOOK | {"identifier": "orders"})

    assert acme("POST", "/integrations", MAIL | {"identifier": "orders"}).status == 409
    assert globex("POST", "/integrations", HOOK | {"identifier": "orders"}).status == 201


def test_an_unknown_provider_is_refused_with_those_there_are(acme):
    problems = acme.problems("POST", "/integrations", {"provider": "pigeon", "settings": {}})

    assert "webhook" in problems["provider"]


@pytest.mark.parametrize(
    ("provider", "settings", "path"),
    [
        ("webhook", {}, "settings.url"),
        ("webhook", {"url": "gopher://x"}, "settings.url"),
        ("webhook", {"url": URL, "sceret": "x"}, "settings.sceret"),
        ("ses", {"from": "nobody"}, "settings.from"),
        ("smtp", {"host": "mail.example.com"}, "settings.from"),
    ],
)
def test_settings_are_checked_by_the_provider(acme, provider, settings, path):
    assert path in acme.problems(
        "POST", "/integrations", {"provider": provider, "settings": settings}
    )


def test_the_first_of_a_channel_is_primary(acme):
    first = acme.ok("POST", "/integrations", MAIL | {"primary": False})
    second = acme.ok("POST", "/integrations", MAIL)
    other = acme.ok("POST", "/integrations", HOOK)

    assert [i["primary"] for i in (first, second, other)] == [True, False, True]


def test_there_is_one_primary_a_channel(acme):
    first = acme.ok("POST", "/integrations", MAIL)
    second = acme.ok("POST", "/integrations", MAIL | {"primary": True})
    hook = acme.ok("POST", "/integrations", HOOK)
    assert primaries(acme) == {second["id"], hook["id"]}

    acme.ok("PATCH", f"/integrations/{first['id']}", {"primary": True})

    assert primaries(acme) == {first["id"], hook["id"]}


def test_making_another_primary_keeps_what_changed_since_the_list_was_read(
    acme, ports, monkeypatch
):
    first = acme.ok("POST", "/integrations", MAIL)
    old, now = ports.integrations.all("acme"), ports.integrations.all
    acme.ok("PATCH", f"/integrations/{first['id']}", {"name": "Renamed"})
    reads = iter([old])
    monkeypatch.setattr(
        ports.integrations, "all", lambda *_, **__: next(reads, None) or now("acme")
    )

    acme.ok("POST", "/integrations", MAIL | {"primary": True})

    shown = acme.ok("GET", f"/integrations/{first['id']}")
    assert (shown["name"], shown["primary"]) == ("Renamed", False)


def test_a_channel_cannot_be_left_without_a_primary(acme):
    only = acme.ok("POST", "/integrations", MAIL)

    problems = acme.problems("PATCH", f"/integrations/{only['id']}", {"primary": False})

    assert set(problems) == {"primary"}


def test_a_removed_primary_is_followed_by_an_active_one(acme):
    first = acme.ok("POST", "/integrations", MAIL)
    acme.ok("POST", "/integrations", MAIL | {"active": False})
    third = acme.ok("POST", "/integrations", MAIL)

    acme.ok("DELETE", f"/integrations/{first['id']}")

    assert acme("GET", f"/integrations/{first['id']}").status == 404
    assert primaries(acme) == {third["id"]}


def test_settings_are_merged_and_secrets_stay(acme, ports):
    made = acme.ok("POST", "/integrations", HOOK)
    path = f"/integrations/{made['id']}"
    before = stored(ports, made["id"])

    acme.ok("PATCH", path, {"settings": {"url": "https://new.example.com/hook", "secret": "***"}})

    after = stored(ports, made["id"])
    assert after["url"] == "https://new.example.com/hook"
    assert after["secret"] == before["secret"]


def test_a_secret_taken_away_is_replaced_by_a_new_one_shown_once(acme, ports):
    made = acme.ok("POST", "/integrations", HOOK)
    path = f"/integrations/{made['id']}"

    changed = acme.ok("PATCH", path, {"settings": {"secret": None}})

    new = stored(ports, made["id"])["secret"]
    assert changed["settings"]["secret"] == new != made["settings"]["secret"]
    assert acme.ok("GET", path)["settings"]["secret"] == "***"


def test_what_is_shown_can_be_sent_back(acme, ports):
    settings = {"url": URL, "headers": {"x-api-key": canaries.PASSWORD}}
    made = acme.ok("POST", "/integrations", {"provider": "webhook", "settings": settings})
    path = f"/integrations/{made['id']}"
    before = stored(ports, made["id"])

    acme.ok("PATCH", path, {"settings": acme.ok("GET", path)["settings"], "name": "Orders"})

    assert stored(ports, made["id"]) == before


def test_stars_for_what_is_not_stored_are_refused(acme):
    made = acme.ok("POST", "/integrations", MAIL)

    problems = acme.problems(
        "PATCH", f"/integrations/{made['id']}", {"settings": {"reply_to": "***"}}
    )

    assert set(problems) == {"settings.reply_to"}


def test_changed_settings_are_checked(acme, ports):
    made = acme.ok("POST", "/integrations", HOOK)
    before = stored(ports, made["id"])

    problems = acme.problems("PATCH", f"/integrations/{made['id']}", {"settings": {"url": None}})

    assert set(problems) == {"settings.url"}
    assert stored(ports, made["id"]) == before


def test_an_integration_is_renamed_and_switched_off(acme):
    made = acme.ok("POST", "/integrations", HOOK)

    changed = acme.ok("PATCH", f"/integrations/{made['id']}", {"name": "Orders", "active": False})

    assert (changed["name"], changed["active"]) == ("Orders", False)


def test_integrations_are_listed_page_by_page(acme):
    made = [acme.ok("POST", "/integrations", HOOK)["id"] for _ in range(3)]

    first = acme.ok("GET", "/integrations", limit="2")
    second = acme.ok("GET", "/integrations", limit="2", cursor=first["next_cursor"])

    assert [i["id"] for i in first["items"] + second["items"]] == sorted(made)
    assert second["next_cursor"] is None


def test_another_tenants_integration_is_not_there(acme, globex):
    made = acme.ok("POST", "/integrations", HOOK)
    path = f"/integrations/{made['id']}"

    assert globex("GET", path).status == 404
    assert globex("PATCH", path, {"name": "x"}).status == 404
    assert globex("DELETE", path).status == 404
    assert globex.ok("GET", "/integrations")["items"] == []


def primaries(api):
    return {i["id"] for i in api.ok("GET", "/integrations")["items"] if i["primary"]}


def test_a_tenant_has_as_many_integrations_as_its_quota(acme, ports):
    with gateway.using(replace(ports, quotas=Quotas(integrations=1))):
        made = acme.ok("POST", "/integrations", HOOK)
        refused = acme("POST", "/integrations", HOOK)
        acme.ok("DELETE", f"/integrations/{made['id']}")
        again = acme("POST", "/integrations", HOOK)

    assert (refused.status, again.status) == (403, 201)
    assert "quota of 1" in refused.json["detail"]


def test_what_an_integration_is_for_is_kept(acme):
    made = acme.ok("POST", "/integrations", HOOK | {"description": "Orders"})

    changed = acme.ok("PATCH", f"/integrations/{made['id']}", {"description": "All orders"})

    assert (made["description"], changed["description"]) == ("Orders", "All orders")


ELSEWHERE = "https://elsewhere.example/hook"
# Settings whose credentials go to a target of the tenant's choice, and another target.
TARGETED = [
    ("webhook", {"url": URL, "headers": {"x-api-key": canaries.PASSWORD}}, {"url": ELSEWHERE}),
    (
        "rocket-chat",
        {"base_url": "https://a.example", "auth_token": canaries.PASSWORD, "user_id": "u"},
        {"base_url": "https://b.example"},
    ),
    (
        "zulip",
        {"site": "https://a.example", "bot_email": "b@a.example", "api_key": canaries.PASSWORD},
        {"site": "https://b.example"},
    ),
    (
        "smtp",
        {
            "host": "a.example",
            "username": "u",
            "password": canaries.PASSWORD,
            "from": "a@a.example",
        },
        {"host": "b.example"},
    ),
    (
        "http-endpoint",
        {"endpoint": URL, "bearer_token": canaries.PASSWORD, "callback": URL},
        {"endpoint": ELSEWHERE},
    ),
    (
        "http-endpoint",
        {"endpoint": URL, "user_name": "u", "password": canaries.PASSWORD, "callback": URL},
        {"endpoint": ELSEWHERE},
    ),
]


def test_each_credential_that_goes_to_a_target_of_the_tenants_choice_is_tried():
    guarded = {
        (id, name)
        for id in PROVIDERS.ids()
        for names in PROVIDERS.get(id).credentials.values()
        for name in names
    }

    tried = {(provider, name) for provider, settings, _ in TARGETED for name in settings}

    assert guarded <= tried


@pytest.mark.parametrize(("provider", "settings", "elsewhere"), TARGETED)
def test_a_stored_credential_does_not_follow_a_changed_target(
    acme, ports, provider, settings, elsewhere
):
    made = acme.ok("POST", "/integrations", {"provider": provider, "settings": settings})
    before = stored(ports, made["id"])
    path = f"/integrations/{made['id']}"
    shown = {**acme.ok("GET", path)["settings"], **elsewhere}

    for changed in (elsewhere, shown):
        answer = acme("PATCH", path, {"settings": changed})
        assert answer.status == 422
        assert "must be given again" in answer.text
        assert stored(ports, made["id"]) == before

    acme.ok("PATCH", path, {"settings": {**settings, **elsewhere}})
    assert stored(ports, made["id"]) == {**before, **elsewhere}


def test_another_path_of_the_same_server_keeps_its_credential(acme):
    made = acme.ok(
        "POST", "/integrations", {"provider": TARGETED[0][0], "settings": TARGETED[0][1]}
    )

    acme.ok("PATCH", f"/integrations/{made['id']}", {"settings": {"url": URL + "/new"}})


@pytest.mark.parametrize(("provider", "settings", "elsewhere"), TARGETED)
def test_a_credential_stays_while_its_target_does(acme, ports, provider, settings, elsewhere):
    made = acme.ok("POST", "/integrations", {"provider": provider, "settings": settings})
    before = stored(ports, made["id"])
    shown = acme.ok("GET", f"/integrations/{made['id']}")["settings"]

    acme.ok("PATCH", f"/integrations/{made['id']}", {"settings": shown})

    assert stored(ports, made["id"]) == before


def test_integrations_may_have_a_place_in_the_order_of_those_that_are_tried(acme):
    body = {"provider": "ses", "settings": {"from": "a@acme.example"}, "fallback": 2}

    made = acme.ok("POST", "/integrations", body)
    path = f"/integrations/{made['id']}"

    assert made["fallback"] == 2
    assert acme.ok("PATCH", path, {"name": "Mail"})["fallback"] == 2
    assert acme.ok("PATCH", path, {"fallback": 1})["fallback"] == 1
    assert acme.ok("PATCH", path, {"fallback": None})["fallback"] is None


@pytest.mark.parametrize("place", [0, 101, "1", True, 1.5])
def test_a_place_is_a_small_number(acme, place):
    body = {"provider": "ses", "settings": {"from": "a@acme.example"}, "fallback": place}

    assert acme("POST", "/integrations", body).status == 422
