"""Users, their addresses, the lists that they are in and the applications that know them."""

import json

import pytest

from carillon.usecases.audience import topics
from tests import builders as a

ORG = "/api/o/acme"
USERS = f"{ORG}/u/"
LISTS = f"{ORG}/p/shop/d/"
APP = f"{ORG}/p/shop/a/orders"
ANA = {"email": "ana@example.com", "first_name": "Ana", "last_name": "", "custom_fields": None}


def stored(ports, id="ana@example.com"):
    return ports.subscribers.get_many(a.TENANT, [id]).get(id)


@pytest.fixture
def ana(api):
    return api.ok("POST", USERS, ANA | {"custom_fields": {"city": "Rome", "home": {"number": 1}}})


@pytest.fixture
def staff(api):
    return api.ok("POST", LISTS, {"name": "Warehouse staff"})


def test_a_user_is_made_and_shown(api, ports, ana):
    about = {
        "id": "ana@example.com",
        "url": "https:///api/o/acme/u/ana%40example.com/",
        "email": "ana@example.com",
        "username": "ana@example.com",
        "first_name": "Ana",
        "last_name": "",
        "locked": False,
        "is_active": True,
    }

    assert ana == about | {"custom_fields": {"city": "Rome", "home": {"number": 1}}}
    assert api.ok("GET", USERS) == api.ok("GET", USERS.removesuffix("/")) == [about]
    assert api.ok("GET", f"{USERS}ana%40example.com/") == ana
    assert stored(ports).email == "ana@example.com"


def test_null_stands_for_what_the_client_was_not_given(api, ports):
    answer = api("POST", USERS, dict.fromkeys(ANA) | {"email": "ana@example.com"})

    assert answer.status == 201
    assert answer.json["custom_fields"] == {}


def test_a_user_who_is_there_is_linked_and_stays_as_they_are(api, ports, ana):
    assert api.ok("POST", USERS, ANA | {"first_name": "Another"}) == ana


def test_somebody_of_another_id_is_found_by_their_address(api, ports):
    ports.subscribers.save(a.TENANT, [a.subscriber("u-17", email="ana@example.com")])

    linked = api.ok("POST", USERS, ANA)

    assert (linked["id"], linked["username"]) == ("u-17", "u-17")
    changes = {"first_name": "Anna", "last_name": "", "custom_fields": None, "_mode": "ignore"}
    assert api.ok("PATCH", f"{USERS}ana%40example.com/", changes)["first_name"] == "Anna"
    assert list(ports.subscribers.by_tenant[a.TENANT]) == ["u-17"]


@pytest.mark.parametrize(
    ("mode", "fields", "after"),
    [
        (
            "merge",
            {"home": {"street": "x"}},
            {"city": "Rome", "home": {"number": 1, "street": "x"}},
        ),
        ("override", {"home": {}}, {"city": "Rome", "home": {}}),
        ("remove", {"city": 1}, {"home": {"number": 1}}),
        ("rewrite", {"pet": 1}, {"pet": 1}),
        ("ignore", {"pet": 1}, {"city": "Rome", "home": {"number": 1}}),
        (None, {"pet": 1}, {"city": "Rome", "home": {"number": 1}}),
        ("REPLACE", {"pet": 1}, {"pet": 1}),
        ("merge", None, {"city": "Rome", "home": {"number": 1}}),
    ],
)
def test_custom_fields_change_as_the_mode_says(api, ana, mode, fields, after):
    body = {"custom_fields": fields} | ({"_mode": mode} if mode else {})

    for method in ("PATCH", "PUT"):
        assert api.ok(method, f"{USERS}ana@example.com/", body)["custom_fields"] == after


def test_a_patch_leaves_the_names_that_the_client_sends_blank(api, ana):
    blank = {"first_name": "", "last_name": "Almeida"}

    patched = api.ok("PATCH", f"{USERS}ana@example.com/", blank)
    put = api.ok("PUT", f"{USERS}ana@example.com/", blank)

    assert (patched["first_name"], patched["last_name"]) == ("Ana", "Almeida")
    assert (put["first_name"], put["last_name"]) == ("", "Almeida")


def test_a_locked_user_is_not_active(api, ports, ana):
    changed = api.ok("PATCH", f"{USERS}ana@example.com/", {"locked": True})

    assert (changed["locked"], changed["is_active"]) == (True, False)
    assert stored(ports).locked


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, {"email": ["This field is required."]}),
        ({"email": "ana"}, {"email": ["Enter a valid email address."]}),
        ({"email": None}, {"email": ["This field may not be null."]}),
        ({"email": ""}, {"email": ["This field may not be blank."]}),
        (
            {"email": "a@b.c", "custom_fields": []},
            {"custom_fields": ['Expected a dictionary of items but got type "list".']},
        ),
        (
            {"email": "a@b.c", "custom_fields": {"x": "x" * 20_000}},
            {"custom_fields": ["must not be larger than 16384 bytes"]},
        ),
    ],
)
def test_what_is_wrong_with_a_user_is_said(api, ports, body, said):
    answer = api("POST", USERS, body)

    assert (answer.status, answer.json) == (400, said)
    assert not ports.subscribers.by_tenant[a.TENANT]


def test_an_unknown_user_is_not_found(api):
    for method, path in (("GET", ""), ("PATCH", ""), ("GET", "addresses/")):
        answer = api(method, f"{USERS}nobody@example.com/{path}", {})
        assert (answer.status, answer.json) == (404, {"detail": "Not found."})
    assert api("PATCH", f"{USERS}x/", {"_mode": "shuffle"}).json == {
        "_mode": ['"shuffle" is not a valid choice.']
    }


@pytest.mark.parametrize("path", ["addresses/", "addresses"])
def test_addresses_are_added_by_json_and_by_form(api, ports, ana, path):
    own = f"{USERS}ana@example.com/{path}"
    form = "application/x-www-form-urlencoded"
    hook = "https://hooks.slack.com/services/T0/B0/ana"

    added = api("POST", own, "name=home&value=%2B39061234567", content_type=form)
    api.ok("POST", own, {"name": "slack", "value": hook})

    assert added.status == 200
    assert added.json == {"name": "phone", "value": "+39061234567", "type": "phone"}
    assert api.ok("GET", own) == [
        {"name": "email", "value": "ana@example.com", "type": "email"},
        {"name": "phone", "value": "+39061234567", "type": "phone"},
        {"name": "slack", "value": hook, "type": "webhook_url"},
    ]


@pytest.mark.parametrize(
    "body",
    [{"value": "ben@example.com"}, {"value": "nonsense"}, {"value": ""}, {}, {"name": "email"}],
)
def test_an_address_that_cannot_be_added_changes_nothing(api, ports, ana, body):
    answer = api("POST", f"{USERS}ana@example.com/addresses/", body)

    assert answer.status == 400
    assert list(answer.json) == ["value"]
    assert stored(ports).email == "ana@example.com"


def test_a_list_is_made_once_and_shown(api, staff):
    assert staff == {
        "name": "Warehouse staff",
        "id": "warehouse-staff",
        "members": "https:///api/o/acme/p/shop/d/warehouse-staff/m/",
        "application": None,
    }
    assert api.ok("GET", LISTS) == [staff]
    assert api.ok("GET", f"{LISTS}warehouse-staff/") == staff
    again = api("POST", LISTS, {"name": "Warehouse staff"})
    assert (again.status, again.json) == (400, {"name": ["Name already exists!"]})
    assert api("POST", f"{LISTS}warehouse-staff/", {"name": "x"}).status == 405
    assert api("GET", f"{LISTS}nope/").status == 404


@pytest.mark.parametrize("slash", ["", "/"])
def test_members_are_added_by_address_and_listed_at_each_of_theirs(api, ports, ana, staff, slash):
    slack = a.slack_address("ben")
    ports.subscribers.save(a.TENANT, [a.subscriber("ben", channels=(slack,)), a.subscriber("zoe")])
    names = ["ana@example.com", "ben", "zoe"]

    added = api.ok("POST", f"{LISTS}warehouse-staff/add{slash}", names)

    assert added == {"message": names, "expected": 3, "found": 3, "added": names}
    listed = api.ok("GET", f"{LISTS}warehouse-staff/m{slash}")
    assert sorted((m["user"], m["channel"], m["address"]) for m in listed) == [
        ("ana@example.com", "email", "ana@example.com"),
        ("ben", "slack", slack.webhook_url),
        ("zoe", "", ""),
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            ["ana@example.com", "nobody@example.com"],
            "[ErrorDetail(string='Invalid addresses', code='invalid')]",
        ),
        ({"address": "ana@example.com"}, "Expected a list of addresses"),
        ([1], "Expected a list of addresses"),
        (["x"] * 501, "More than 500 addresses"),
    ],
)
@pytest.mark.usefixtures("ana", "staff")
def test_one_unknown_address_adds_nobody(api, body, said):
    answer = api("POST", f"{LISTS}warehouse-staff/add/", body)

    assert (answer.status, answer.json) == (400, {"error": said})
    assert api.ok("GET", f"{LISTS}warehouse-staff/m/") == []


def test_there_are_no_members_of_an_unknown_list(api, ana):
    assert api("GET", f"{LISTS}nope/m/").status == 404
    assert api("POST", f"{LISTS}nope/add/", ["ana@example.com"]).status == 404


def test_somebody_is_registered_and_unregistered(api, ports, staff):
    body = {
        "username": "ana",
        "first_name": "Ana",
        "last_name": "",
        "email": "",
        "custom_fields": {"plan": "team"},
        "active": True,
        "addresses": [{"value": "ana@example.com", "assign_to_preferred_channel": True}],
        "distribution_list": "Warehouse staff",
    }

    first = api("POST", f"{APP}/register/", body)
    second = api("POST", f"{APP}/register", body | {"custom_fields": {"seats": 2}})

    assert (first.status, second.status) == (201, 200)
    assert first.json["user"] == {
        "username": "ana",
        "email": "ana@example.com",
        "first_name": "Ana",
        "last_name": "",
    }
    assert first.json["distribution_list"] == {"name": "Warehouse staff", "recipients_added": 1}
    assert second.json["distribution_list"]["recipients_added"] == 0
    assert second.json["membership"]["custom_fields"] == {"plan": "team", "seats": 2}
    assert first.json["addresses"] == [
        {"name": "email", "value": "ana@example.com", "type": "email"}
    ]
    [known] = stored(ports, "ana").registrations
    assert (known.application, known.active) == ("shop/orders", True)
    assert api.ok("POST", f"{APP}/unregister/ana/", {}) == {"deleted": 1}
    assert api.ok("POST", f"{APP}/unregister/ana", {}) == {"deleted": 0}
    assert stored(ports, "ana").registrations == ()
    assert len(api.ok("GET", f"{LISTS}warehouse-staff/m/")) == 1


def test_somebody_of_another_id_is_registered_by_their_address(api, ports):
    ports.subscribers.save(a.TENANT, [a.subscriber("u-17", email="ana@example.com")])
    body = {"username": "ana@example.com", "addresses": [{"value": "+39061234567"}]}

    answer = api("POST", f"{APP}/register/", body)

    assert (answer.status, answer.json["user"]["username"]) == (200, "u-17")
    assert stored(ports, "u-17").phone == "+39061234567"
    assert stored(ports) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": ""},
        {"email": "nonsense"},
        {"addresses": "x"},
        {"addresses": [{"value": "nonsense"}]},
        {"addresses": [{"value": "a@example.com"}, {"value": "b@example.com"}]},
        {"distribution_list": "nope"},
        {"active": "perhaps"},
    ],
)
def test_a_registration_that_is_refused_leaves_nobody_behind(api, ports, wrong):
    answer = api("POST", f"{APP}/register/", {"username": "ana"} | wrong)

    assert answer.status == 400
    json.loads(answer.text)
    assert stored(ports, "ana") is None


def test_a_long_list_tells_where_it_goes_on(api, ports, monkeypatch):
    from carillon.dialects.bitcaster.translate import lists  # noqa: PLC0415  # to shorten it

    monkeypatch.setattr(lists, "MOST", 2)
    ports.subscribers.save(a.TENANT, [a.subscriber(f"p{n}") for n in range(3)])

    first = api("GET", USERS)

    assert [user["id"] for user in first.json] == ["p0", "p1"]
    link = first.headers["link"]
    assert link.endswith('>; rel="next"')
    cursor = link.partition("cursor=")[2].partition(">")[0]
    assert [user["id"] for user in api.ok("GET", USERS, cursor=cursor)] == ["p2"]


def test_a_list_is_not_called_missing_when_there_are_too_many_to_look_through(
    api, staff, monkeypatch
):
    api.ok("POST", LISTS, {"name": "Another list"})
    body = {"username": "ana", "email": "ana@example.com", "addresses": []}
    monkeypatch.setattr(topics, "GATHERED", 1)

    refused = api("POST", f"{APP}/register/", body | {"distribution_list": "Warehouse staff"})

    assert refused.status == 400
    assert "needs at most 1 topics" in refused.text
