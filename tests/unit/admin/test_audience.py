"""Subscribers, topics and contexts."""

import pytest

from carillon.domain.base.turns import ATTEMPTS
from tests import canaries

ANA = {"id": "ana", "email": canaries.EMAIL, "first_name": "Ana", "data": {"plan": "gold"}}
SLACK = {"provider": "slack", "webhook_url": canaries.SLACK_URL}


def put(api, *subscribers):
    return api.ok("POST", "/subscribers", {"subscribers": list(subscribers)})


def put_topics(api, *topics):
    return api.ok("POST", "/topics", {"topics": list(topics)})


def members(api, topic):
    return api.ok("GET", f"/topics/{topic}/members")["items"]


def test_subscribers_are_created_updated_and_left_alone(acme):
    put(acme, ANA, {"id": "bo"})

    done = put(acme, ANA, {"id": "bo", "phone": canaries.PHONE}, {"id": "cy"})

    assert done == {"created": ["cy"], "updated": ["bo"], "unchanged": ["ana"], "failed": []}


def test_nothing_is_written_for_who_does_not_change(acme, ports, monkeypatch):
    put(acme, ANA)
    monkeypatch.setattr(ports.subscribers, "save", None)

    assert put(acme, ANA)["unchanged"] == ["ana"]


def test_what_is_not_given_stays(acme):
    acme.ok("POST", "/integrations", {"provider": "slack", "identifier": "slack", "settings": {}})
    put(acme, ANA)
    put(acme, {"id": "ana", "locale": "pt_br", "channels": [SLACK], "email": None})

    ana = acme.ok("GET", "/subscribers/ana")

    assert ana["email"] == canaries.EMAIL
    assert ana["locale"] == "pt-BR"
    assert ana["data"] == {"plan": "gold"}
    assert ana["channels"] == [
        SLACK | {"integration": "slack", "channel": None, "device_tokens": []}
    ]
    assert ana["phone"] is None


def test_who_has_an_address_of_no_integration_fails_alone(acme):
    done = put(acme, {"id": "bo"}, ANA | {"channels": [SLACK]}, {"id": "cy"})

    message = "address needs an active integration of 'slack'"
    assert done["failed"] == [{"id": "ana", "message": message}]
    assert done["created"] == ["bo", "cy"]


def test_one_id_twice_in_a_request_is_merged_in_order(acme, ports):
    done = put(acme, ANA, {"id": "ana", "email": "new@example.com"})

    ana = ports.subscribers.get_many("acme", ["ana"])["ana"]

    assert done["created"] == ["ana"]
    assert (ana.email, ana.first_name, ana.version) == ("new@example.com", "Ana", 1)


def test_a_subscriber_that_others_save_too_is_merged_with_theirs(acme, ports, monkeypatch):
    put(acme, ANA)
    rivals(ports, monkeypatch, times=2)

    done = put(acme, {"id": "ana", "first_name": "Anna"}, {"id": "bo"})

    ana = acme.ok("GET", "/subscribers/ana")
    assert (done["updated"], done["created"]) == (["ana"], ["bo"])
    assert (ana["first_name"], ana["phone"]) == ("Anna", "+46002")


def test_a_subscriber_that_others_never_stop_saving_is_reported(acme, ports, monkeypatch):
    put(acme, ANA)
    rivals(ports, monkeypatch, times=ATTEMPTS)

    done = put(acme, {"id": "ana", "first_name": "Anna"}, {"id": "bo"})

    assert done["created"] == ["bo"]
    assert [failed["id"] for failed in done["failed"]] == ["ana"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", ""),
        ("id", "x" * 256),
        ("id", "a\nb"),
        ("email", "ana"),
        ("email", "a@b@c"),
        ("email", "ana@example.com\r\nBcc: all@example.com"),
        ("email", "ana@example.com, bo@example.com"),
        ("email", "a@" + "b" * 253),
        ("phone", "call me"),
        ("avatar", "javascript:alert(1)"),
        ("locale", "english please"),
        ("data", {"x": "x" * 20_000}),
        ("data", [1]),
        ("channels", [{"provider": "slack"}]),
        ("channels", [SLACK | {"webhook_url": "example.com/hook"}]),
        ("emial", "ana@example.com"),
    ],
)
def test_a_subscriber_that_makes_no_sense_stops_the_whole_request(acme, field, value):
    body = {"subscribers": [{"id": "fine"}, {"id": "ana"} | {field: value}]}

    problems = acme.problems("POST", "/subscribers", body)

    assert all(path.startswith(f"subscribers.1.{field}") for path in problems)
    assert acme.ok("GET", "/subscribers")["items"] == []


@pytest.mark.parametrize("count", [0, 501])
def test_one_to_five_hundred_subscribers_are_taken_at_once(acme, count):
    body = {"subscribers": [{"id": f"s{n}"} for n in range(count)]}

    assert set(acme.problems("POST", "/subscribers", body)) == {"subscribers"}


def test_subscribers_are_listed_page_by_page(acme):
    put(acme, *({"id": f"s{n}"} for n in range(5)))

    ids, cursor = [], ""
    while cursor is not None:
        query = {"cursor": cursor} if cursor else {}
        page = acme.ok("GET", "/subscribers", limit="2", **query)
        ids += [s["id"] for s in page["items"]]
        cursor = page["next_cursor"]

    assert sorted(ids) == ["s0", "s1", "s2", "s3", "s4"]


def test_an_id_with_odd_characters_is_found_again(acme):
    put(acme, {"id": "b#c ü"})

    assert acme.ok("GET", "/subscribers/b%23c%20%C3%BC")["id"] == "b#c ü"


def test_a_removed_subscriber_leaves_its_topics(acme):
    put(acme, ANA, {"id": "bo"})
    put_topics(acme, {"key": "all", "members": ["ana", "bo"]})

    acme.ok("DELETE", "/subscribers/ana")

    assert acme("GET", "/subscribers/ana").status == 404
    assert acme("DELETE", "/subscribers/ana").status == 404
    assert members(acme, "all") == ["bo"]


def test_topics_are_created_renamed_and_filled(acme):
    put(acme, ANA, {"id": "bo"})
    put_topics(acme, {"key": "all", "members": ["ana"]})

    done = put_topics(
        acme,
        {"key": "all", "name": "Everybody", "members": ["bo", "nobody", "bo"]},
        {"key": "vip"},
    )

    assert done == {"created": ["vip"], "updated": ["all"], "unknown": {"all": ["nobody"]}}
    assert members(acme, "all") == ["ana", "bo"]
    assert acme.ok("GET", "/topics/all")["name"] == "Everybody"
    assert acme.ok("GET", "/topics/vip")["name"] == "vip"


def test_a_topic_keeps_its_name_when_none_is_given(acme):
    put_topics(acme, {"key": "all", "name": "Everybody"})
    put_topics(acme, {"key": "all"})

    assert acme.ok("GET", "/topics/all")["name"] == "Everybody"


def test_topics_do_not_take_more_members_than_can_be_written_in_time(acme):
    ids = [f"s{n}" for n in range(500)]
    body = {"topics": [{"key": f"t{n}", "members": ids} for n in range(11)]}

    assert acme("POST", "/topics", body).status == 422


def test_only_subscribers_become_members(acme):
    put(acme, ANA, {"id": "bo"})
    put_topics(acme, {"key": "all", "members": ["ana"]})

    done = acme.ok("POST", "/topics/all/members", {"members": ["ana", "bo", "nobody", "bo"]})

    assert done == {"added": 1, "unknown": ["nobody"]}
    assert members(acme, "all") == ["ana", "bo"]


def test_members_are_removed(acme):
    put(acme, ANA, {"id": "bo"})
    put_topics(acme, {"key": "all", "members": ["ana", "bo"]})

    acme.ok("DELETE", "/topics/all/members", {"members": ["ana", "nobody"]})

    assert members(acme, "all") == ["bo"]


def test_a_topic_is_renamed_and_removed_with_its_members(acme):
    put(acme, ANA)
    put_topics(acme, {"key": "all", "members": ["ana"]})
    assert acme.ok("PATCH", "/topics/all", {"name": "Everybody"})["name"] == "Everybody"

    acme.ok("DELETE", "/topics/all")

    assert acme("GET", "/topics/all").status == 404
    put_topics(acme, {"key": "all"})
    assert members(acme, "all") == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"name": "x"}),
        ("DELETE", "", None),
        ("GET", "/members", None),
        ("POST", "/members", {"members": ["ana"]}),
        ("DELETE", "/members", {"members": ["ana"]}),
    ],
)
def test_another_tenants_topic_is_not_there(acme, globex, method, path, body):
    put(acme, ANA)
    put_topics(acme, {"key": "all", "members": ["ana"]})

    assert globex(method, f"/topics/all{path}", body).status == 404
    assert members(acme, "all") == ["ana"]


def test_another_tenants_subscriber_is_not_there_and_no_member(acme, globex):
    put(acme, ANA)

    assert globex("GET", "/subscribers/ana").status == 404
    assert globex("DELETE", "/subscribers/ana").status == 404
    assert globex.ok("GET", "/subscribers")["items"] == []
    assert put_topics(globex, {"key": "all", "members": ["ana"]})["unknown"] == {"all": ["ana"]}
    assert put(globex, {"id": "ana"})["created"] == ["ana"]
    assert acme.ok("GET", "/subscribers/ana")["email"] == canaries.EMAIL


def test_a_context_is_created_once(acme, globex):
    made = acme.ok("POST", "/contexts", {"identifier": "berlin", "data": {"currency": "EUR"}})

    assert made["data"] == {"currency": "EUR"}
    assert acme("POST", "/contexts", {"identifier": "berlin"}).status == 409
    assert globex("GET", "/contexts/berlin").status == 404
    assert globex("POST", "/contexts", {"identifier": "berlin"}).status == 201


def test_a_context_is_changed_and_removed(acme, ports):
    acme.ok("POST", "/contexts", {"identifier": "berlin", "data": {"currency": "EUR"}})
    ports.clock.advance(60)

    changed = acme.ok("PATCH", "/contexts/berlin", {"name": "Berlin"})

    assert (changed["name"], changed["data"]) == ("Berlin", {"currency": "EUR"})
    assert changed["updated_at"] == "2026-01-01T00:01:00Z"
    assert acme.ok("GET", "/contexts")["items"] == [changed]
    acme.ok("DELETE", "/contexts/berlin")
    for method, body in (("GET", None), ("PATCH", {}), ("DELETE", None)):
        assert acme(method, "/contexts/berlin", body).status == 404


def rivals(ports, monkeypatch, *, times):
    """Somebody else saves Ana first, this many times."""
    save = ports.subscribers.save
    left = list(range(1, times + 1))

    def after_a_rival(tenant, subscribers):
        if left:
            theirs = ports.subscribers.get_many(tenant, ["ana"])["ana"]
            put_first = theirs.__replace__(phone=f"+4600{left.pop(0)}", version=theirs.version + 1)
            save(tenant, [put_first])
        return save(tenant, subscribers)

    monkeypatch.setattr(ports.subscribers, "save", after_a_rival)
