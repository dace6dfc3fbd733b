"""Tenants, as the operator creates them, and their keys."""

from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.quotas import Quotas
from tests import fakes, gateway


@pytest.fixture
def created(operator):
    return operator.ok("POST", "/tenants", {"id": "initech", "name": "Initech"})


def test_a_new_tenant_comes_with_a_key_that_works(created, as_key):
    key = created["key"]

    listed = as_key(key["api_key"]).ok("GET", "/keys")["items"]

    assert created["id"] == "initech"
    assert key["api_key"] == f"car_{key['id']}_{key['secret']}"
    assert key["scopes"] == sorted(Scope)
    assert [k["id"] for k in listed] == [key["id"]]


def test_a_tenants_id_is_taken_once(operator, created):
    answer = operator("POST", "/tenants", {"id": "initech", "name": "Another"})

    assert answer.status == 409
    assert operator.ok("GET", "/tenants/initech")["name"] == "Initech"


@pytest.mark.parametrize("id", ["", "Initech", "in#itech", "in/itech", "-a", "ä", "a" * 101, "a\n"])
def test_a_tenants_id_is_a_slug(operator, id):
    assert set(operator.problems("POST", "/tenants", {"id": id, "name": "x"})) == {"id"}


def test_a_tenant_is_renamed_and_switched_off(operator, created):
    operator.ok("PATCH", "/tenants/initech", {"name": "Initech Ltd"})
    operator.ok("PATCH", "/tenants/initech", {"active": False})

    tenant = operator.ok("GET", "/tenants/initech")

    assert (tenant["name"], tenant["active"]) == ("Initech Ltd", False)
    assert tenant["created_at"] == "2026-01-01T00:00:00Z"


def test_a_tenant_is_granted_senders_and_sms_and_loses_them(operator, created):
    granted = {"senders": ["acme.example", "hello@one.example", "ACME", "+15557730100", "*"]}
    operator.ok("PATCH", "/tenants/initech", {**granted, "sms_parts": 5})
    first = operator.ok("GET", "/tenants/initech")
    operator.ok("PATCH", "/tenants/initech", {"senders": [], "sms_parts": None})
    second = operator.ok("GET", "/tenants/initech")

    assert (first["senders"], first["sms_parts"]) == (granted["senders"], 5)
    assert (second["senders"], second["sms_parts"]) == ([], None)


def test_a_sender_that_could_be_none_is_refused(operator, created):
    for wrong in ("", " ", "@", "a b", "*.acme.example", "x" * 255):
        problems = operator.problems("PATCH", "/tenants/initech", {"senders": [wrong]})
        assert set(problems) == {"senders.0"}, wrong


def test_a_tenant_cannot_lose_its_name(operator, created):
    assert set(operator.problems("PATCH", "/tenants/initech", {"name": None})) == {"name"}


def test_tenants_are_listed_page_by_page(operator):
    for id in ("a", "b", "c"):
        operator.ok("POST", "/tenants", {"id": id, "name": id})

    first = operator.ok("GET", "/tenants", limit="2")
    second = operator.ok("GET", "/tenants", limit="2", cursor=first["next_cursor"])

    assert [t["id"] for t in first["items"] + second["items"]] == ["a", "b", "c"]
    assert second["next_cursor"] is None


def test_an_unknown_tenant_is_not_found(operator):
    assert operator("GET", "/tenants/nobody").status == 404
    assert operator("PATCH", "/tenants/nobody", {"name": "x"}).status == 404
    body = {"name": "x", "scopes": ["admin"]}
    assert operator("POST", "/tenants/nobody/keys", body).status == 404


def test_the_operator_helps_a_tenant_that_lost_its_keys(operator, created, as_key):
    body = {"name": "Recovery", "scopes": ["admin"]}

    key = operator.ok("POST", "/tenants/initech/keys", body)

    assert len(as_key(key["api_key"]).ok("GET", "/keys")["items"]) == 2


def test_a_key_is_shown_in_full_only_once(acme):
    made = acme.ok(
        "POST", "/keys", {"name": "Shop", "scopes": ["event:trigger"], "application": "shop/web"}
    )

    listing = acme("GET", "/keys")

    assert made["application"] == "shop/web"
    assert made["secret"] not in listing.text
    assert "digest" not in listing.text
    assert made["id"] in {key["id"] for key in listing.json["items"]}


def test_a_secret_is_not_stored(acme, ports):
    made = acme.ok("POST", "/keys", {"name": "Shop", "scopes": ["event:trigger"]})

    assert made["secret"] not in repr(ports.api_keys.by_id)


def test_a_revoked_key_opens_nothing(acme, as_key):
    made = acme.ok("POST", "/keys", {"name": "Short-lived", "scopes": ["admin"]})

    acme.ok("DELETE", f"/keys/{made['id']}")

    assert as_key(made["api_key"])("GET", "/keys").status == 401


def test_a_key_expires(acme, as_key, ports):
    end = (fakes.START + timedelta(hours=1)).isoformat()
    made = acme.ok("POST", "/keys", {"name": "Guest", "scopes": ["admin"], "expires_at": end})

    ports.clock.advance(3600)

    assert made["expires_at"] == "2026-01-01T01:00:00Z"
    assert as_key(made["api_key"])("GET", "/keys").status == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scopes", []),
        ("scopes", ["root"]),
        ("application", "shop"),
        ("application", "shop/a/b"),
        ("expires_at", "2025-12-31T00:00:00Z"),
        ("expires_at", "2030-01-01T00:00:00"),
        ("name", ""),
        ("name", "two\nlines"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(acme, field, value):
    body = {"name": "x", "scopes": ["admin"], field: value}

    problems = acme.problems("POST", "/keys", body)

    assert {path.partition(".")[0] for path in problems} == {field}


def test_another_tenants_key_is_not_there(acme, globex):
    made = acme.ok("POST", "/keys", {"name": "Ours", "scopes": ["admin"]})

    assert globex("DELETE", f"/keys/{made['id']}").status == 404
    assert made["id"] not in globex("GET", "/keys").text


def test_a_key_reaches_as_far_and_speaks_of_the_environments_that_it_is_made_for(acme):
    narrow = {"name": "ci", "scopes": ["event:trigger"]}
    wide = narrow | {
        "application": "shop/web",
        "reach": "project",
        "environments": ["staging"],
    }

    made = [acme.ok("POST", "/keys", body) for body in (narrow, wide)]

    assert [(key["reach"], key["environments"]) for key in made] == [
        ("application", []),
        ("project", ["staging"]),
    ]


def test_a_tenants_first_key_reaches_all_of_it(created):
    assert created["key"]["reach"] == "organization"


LIMITED = {
    "name": "limited",
    "scopes": ["admin", "event:trigger"],
    "application": "shop/web",
    "reach": "application",
    "environments": ["staging"],
    "expires_at": (fakes.START + timedelta(hours=1)).isoformat(),
}
WIDER = [
    ({"scopes": ["admin", "audience"]}, "the scope audience"),
    ({"application": "shop/other"}, "the application shop/other"),
    ({"application": "other/web"}, "the application other/web"),
    ({"reach": "project"}, "the reach project"),
    ({"reach": "organization"}, "the reach organization"),
    ({"environments": []}, "environments besides staging"),
    ({"environments": ["staging", "production"]}, "environments besides staging"),
]
LONGER = [
    ({"expires_at": None}, "lasts longer"),
    ({"expires_at": (fakes.START + timedelta(hours=2)).isoformat()}, "lasts longer"),
]


@pytest.mark.parametrize(("wider", "named"), WIDER + LONGER)
def test_a_key_issues_no_key_with_more_than_itself(acme, as_key, ports, wider, named):
    limited = as_key(acme.ok("POST", "/keys", LIMITED)["api_key"])
    before = set(ports.api_keys.by_id)

    answer = limited("POST", "/keys", LIMITED | wider)

    assert answer.status == 403
    assert named in answer.json["detail"]
    assert set(ports.api_keys.by_id) == before


@pytest.mark.parametrize(
    "narrower", [{}, {"scopes": ["event:trigger"]}, {"environments": ["staging"]}]
)
def test_a_key_issues_and_revokes_keys_within_its_own_rights(acme, as_key, narrower):
    limited = as_key(acme.ok("POST", "/keys", LIMITED)["api_key"])

    made = limited.ok("POST", "/keys", LIMITED | narrower)

    assert limited("DELETE", f"/keys/{made['id']}").status == 204


@pytest.mark.parametrize(("wider", "named"), WIDER)
def test_a_key_revokes_no_key_with_more_rights(acme, as_key, ports, wider, named):
    limited = as_key(acme.ok("POST", "/keys", LIMITED)["api_key"])
    other = acme.ok("POST", "/keys", LIMITED | wider)

    answer = limited("DELETE", f"/keys/{other['id']}")

    assert answer.status == 403
    assert named in answer.json["detail"]
    assert other["id"] in ports.api_keys.by_id
    assert acme("DELETE", f"/keys/{other['id']}").status == 204


def test_the_operator_issues_keys_without_such_limits(operator, acme):
    wanted = LIMITED | {"reach": "organization", "scopes": ["admin", "audience"]}

    assert operator("POST", "/tenants/acme/keys", wanted).status == 201


def test_a_tenants_keys_issue_as_many_as_its_quota_allows(acme, ports):
    with gateway.using(replace(ports, quotas=Quotas(keys=2))):
        acme.ok("POST", "/keys", {"name": "Shop", "scopes": ["event:trigger"]})

        refused = acme("POST", "/keys", {"name": "One more", "scopes": ["event:trigger"]})

    assert (refused.status, refused.json["detail"]) == (403, "The quota of 2 API keys is used up")
