"""Novu's in-app feed: read, counted, marked, acted on."""

import base64
import json
from datetime import datetime

import pytest

from carillon.domain.tenancy.access import Scope
from carillon.runtime import wiring
from tests import gateway
from tests.unit.novu import telling
from tests.unit.novu.telling import tell

ANA = "/v1/subscribers/ana"
FEED = f"{ANA}/notifications/feed"
UNSEEN = f"{ANA}/notifications/unseen"


@pytest.fixture
def ports():
    with gateway.using(telling.world()) as ports:
        yield ports


def filled(ports, count=5):
    for n in range(count):
        tell(ports, f"t{n}", "ana", number=n)


def feed(acme, **query):
    return acme.ok("GET", FEED, **query)


def numbers(page):
    return [one["payload"]["number"] for one in page["data"]]


def mark(acme, mark, *ids, path=f"{ANA}/messages/mark-as"):
    return acme.ok("POST", path, {"messageId": list(ids), "markAs": mark})


def unseen(acme, **query):
    return acme.ok("GET", UNSEEN, **query)["count"]


def test_a_message_shows_what_its_template_and_its_event_say(ports, acme):
    tell(ports, "t1", "ana", number=3)

    [one] = feed(acme)["data"]

    assert one["content"] == "It is 3."
    assert one["payload"] == {"number": 3}
    assert one["transactionId"] == "t1"
    assert (one["channel"], one["providerId"], one["status"]) == ("in_app", "novu", "sent")
    assert (one["read"], one["seen"], one["archived"]) == (False, False, False)
    assert one["templateIdentifier"] == "note"
    assert one["actor"] == {"type": "system_custom", "data": "https://x.example/a.png"}
    assert one["cta"] == {
        "type": "redirect",
        "data": {"url": "https://x.example/3"},
        "action": {
            "status": "pending",
            "buttons": [
                {"type": "primary", "content": "Look"},
                {"type": "secondary", "content": "Later"},
            ],
        },
    }


def test_pages_have_numbers_and_the_newest_come_first(ports, acme):
    filled(ports)

    first, last = feed(acme, limit="2"), feed(acme, limit="2.0", page="2")

    assert numbers(first) == [4, 3]
    assert (first["page"], first["pageSize"], first["hasMore"]) == (0, 2, True)
    assert "totalCount" not in first  # not known yet
    assert numbers(last) == [0]
    assert (last["hasMore"], last["totalCount"]) == (False, 5)
    assert numbers(feed(acme, page="9")) == []


def test_a_feed_is_filtered_by_what_was_read_and_seen(ports, acme):
    filled(ports)
    ids = [one["_id"] for one in feed(acme)["data"]]
    mark(acme, "read", ids[0])
    mark(acme, "seen", ids[1])

    assert numbers(feed(acme, read="true")) == [4]
    assert numbers(feed(acme, read="false")) == [3, 2, 1, 0]
    assert numbers(feed(acme, seen="true")) == [4, 3]
    assert numbers(feed(acme, seen="false", limit="2")) == [2, 1]
    assert numbers(feed(acme, seen="false", limit="2", page="1")) == [0]
    assert numbers(feed(acme, seen="true", read="false")) == [3]
    assert numbers(feed(acme, seen="false", read="true")) == []


def test_a_feed_is_filtered_by_what_the_event_brought(ports, acme):
    filled(ports, 30)
    wanted = base64.b64encode(json.dumps({"number": 2}).encode()).decode()

    found = feed(acme, payload=wanted)

    assert numbers(found) == [2]
    assert found["totalCount"] == 1


def test_unseen_messages_are_counted_up_to_a_hundred(ports, acme):
    filled(ports, 3)

    assert unseen(acme) == 3
    assert unseen(acme, limit="2") == 2
    assert unseen(acme, seen="true") == 0
    mark(acme, "seen", feed(acme)["data"][0]["_id"])
    assert unseen(acme, seen="false") == 2
    assert unseen(acme, seen="true") == 1


def test_marks_are_shown_and_can_be_taken_back(ports, acme):
    tell(ports, "t1", "ana")
    [id] = [one["_id"] for one in feed(acme)["data"]]

    [read] = mark(acme, "read", id)
    [again] = mark(acme, "read", id, path=f"{ANA}/messages/markAs")
    [unread] = mark(acme, "unread", id)
    [fresh] = mark(acme, "unseen", id)

    assert (read["read"], read["seen"]) == (True, True)
    assert read["lastReadDate"] == read["lastSeenDate"]
    assert again == read
    assert (unread["read"], unread["seen"]) == (False, True)
    assert (fresh["read"], fresh["seen"]) == (False, False)
    assert unseen(acme) == 1


def test_the_oldest_clients_mark_with_an_object(ports, acme):
    tell(ports, "t1", "ana")
    id = feed(acme)["data"][0]["_id"]

    [one] = acme.ok(
        "POST", f"{ANA}/messages/markAs", {"messageId": id, "mark": {"seen": True, "read": True}}
    )

    assert one["read"]


@pytest.mark.parametrize(
    ("marks", "changed", "left"),
    [
        (["seen"], [3], 0),
        (["read"], [3], 0),
        (["read", "unread"], [3, 3], 0),
        (["read", "unseen", "seen"], [3, 3, 3], 0),
        (["seen", "seen"], [3, 0], 0),
        (["seen", "unseen"], [3, 3], 3),
    ],
)
def test_a_whole_feed_is_marked(ports, acme, marks, changed, left):
    filled(ports, 3)

    counts = [acme.ok("POST", f"{ANA}/messages/mark-all", {"markAs": each}) for each in marks]

    assert counts == changed
    assert unseen(acme) == left


def test_what_came_of_a_button_is_kept_until_it_is_taken_back(ports, acme):
    tell(ports, "t1", "ana")
    id = feed(acme)["data"][0]["_id"]
    path = f"{ANA}/messages/{id}/actions"

    done = acme.ok("POST", f"{path}/primary", {"status": "done", "payload": {"x": 1}})
    shown = feed(acme)["data"][0]["cta"]["action"]
    back = acme.ok("POST", f"{path}/primary", {"status": "pending"})

    assert done["cta"]["action"]["status"] == "done"
    assert shown["result"] == {"type": "primary", "payload": {"x": 1}}
    assert back["cta"]["action"]["status"] == "pending"
    assert acme("POST", f"{path}/tertiary", {"status": "done"}).status == 404


def test_somebody_elses_message_is_as_if_it_were_not_there(ports, acme, globex):
    tell(ports, "t1", "ana", "bo")
    id = feed(acme)["data"][0]["_id"]
    of_bo = "/v1/subscribers/bo/messages"

    assert globex.ok("GET", FEED)["data"] == []
    assert globex.ok("GET", UNSEEN) == {"count": 0}
    assert mark(globex, "read", id) == []
    assert mark(acme, "read", id, path=f"{of_bo}/mark-as") == []
    assert acme("POST", f"{of_bo}/{id}/actions/primary", {"status": "done"}).status == 404
    refused = globex("DELETE", f"/v1/messages/{id}")
    assert (refused.status, refused.json["message"]) == (404, f"message '{id}' not found")
    assert unseen(acme) == 1


def test_an_unknown_subscriber_has_an_empty_feed(acme):
    page = acme.ok("GET", "/v1/subscribers/nobody/notifications/feed")

    assert (page["data"], page["hasMore"], page["totalCount"]) == ([], False, 0)
    assert acme.ok("POST", "/v1/subscribers/nobody/messages/mark-all", {"markAs": "read"}) == 0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"page": "-1"}, "page"),
        ({"page": "x"}, "page"),
        ({"page": "100", "limit": "10"}, "page"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"read": "perhaps"}, "read"),
        ({"payload": "###"}, "payload"),
        ({"payload": base64.b64encode(b"[1]").decode()}, "payload"),
        ({"payload": base64.b64encode(b"[" * 3000).decode()}, "payload"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(acme, query, field):
    answer = acme("GET", FEED, **query)

    assert answer.status == 422
    assert field in answer.json["errors"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("mark-as", {}),
        ("mark-as", {"messageId": [], "markAs": "read"}),
        ("mark-as", {"messageId": "x", "markAs": "gone"}),
        ("mark-as", {"messageId": "x", "mark": {}}),
        ("mark-as", {"messageId": [1], "markAs": "read"}),
        ("mark-as", {"messageId": ["x"] * 101, "markAs": "read"}),
        ("mark-all", {"markAs": "gone"}),
        ("mark-all", {}),
        ("x/actions/primary", {"status": "perhaps"}),
        ("x/actions/primary", {"status": "done", "payload": {"a": "x" * 40_000}}),
    ],
)
def test_a_mark_that_makes_no_sense_is_refused_and_changes_nothing(ports, acme, path, body):
    tell(ports, "t1", "ana")

    assert acme("POST", f"{ANA}/messages/{path}", body).status == 422
    assert unseen(acme) == 1


@pytest.mark.parametrize("id", ["x", "e30", "W10", "~", "a" * 2000])
def test_an_id_that_is_none_of_ours_names_nothing(acme, id):
    assert mark(acme, "read", id) == []
    assert acme("DELETE", f"/v1/messages/{id}").status == 404
    assert acme("GET", f"/v1/notifications/{id}").status == 404


INBOX = "/v2/subscribers/ana/notifications"


def counts(acme, *filters):
    return [one["count"] for one in acme.ok("GET", f"{INBOX}/count", filters=json.dumps(filters))]


def test_current_clients_read_on_behind_a_notification(ports, acme):
    filled(ports)

    first = acme.ok("GET", INBOX, limit="2")
    rest = acme.ok("GET", INBOX, limit="9", after=first["data"][-1]["id"])
    skipped = acme.ok("GET", INBOX, limit="2", offset="2")

    assert [one["body"] for one in first["data"]] == ["It is 4.", "It is 3."]
    assert (first["hasMore"], rest["hasMore"]) == (True, False)
    assert [one["body"] for one in rest["data"]] == ["It is 2.", "It is 1.", "It is 0."]
    assert skipped["data"] == rest["data"][:2]
    assert first["filter"] == {"limit": 2, "offset": 0}
    assert first["data"][0]["primaryAction"] == {"label": "Look", "isCompleted": False}
    assert first["data"][0]["redirect"] == {"url": "https://x.example/4"}


def test_current_clients_filter_by_state_and_time(ports, acme):
    filled(ports)
    mark(acme, "read", feed(acme)["data"][0]["_id"])
    times = [one["createdAt"] for one in acme.ok("GET", INBOX)["data"]]
    third = str(round(datetime.fromisoformat(times[2]).timestamp() * 1000))

    def found(**query):
        return [one["body"][-2] for one in acme.ok("GET", INBOX, **query)["data"]]

    assert found(read="true") == ["4"]
    assert found(read="false", limit="2", offset="1") == ["2", "1"]
    assert found(seen="false", after=feed(acme)["data"][2]["_id"]) == ["1", "0"]
    assert found(createdGte=third) == ["4", "3", "2"]
    assert found(createdLte=third) == ["2", "1", "0"]
    assert found(archived="true") == found(snoozed="true") == found(severity="high") == []
    assert len(found(archived="false", snoozed="false", severity=["none", "low"])) == 5


def test_what_is_unread_and_what_is_unseen_is_counted_in_one_call(ports, acme):
    filled(ports, 4)
    first, second = [one["_id"] for one in feed(acme, limit="2")["data"]]
    mark(acme, "read", first)
    mark(acme, "seen", second)

    asked = [{"read": False}, {"seen": False}, {}, {"read": True}, {"archived": True}]

    assert counts(acme, *asked) == [3, 2, 4, 1, 0]
    shown = acme.ok("GET", f"{INBOX}/count", filters='[{"read":false}]')
    assert shown == [{"count": 3, "filter": {"read": False}}]


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        (INBOX, {"limit": "0"}, "limit"),
        (INBOX, {"offset": "1000"}, "offset"),
        (INBOX, {"offset": "-1"}, "offset"),
        (INBOX, {"createdGte": "9" * 30}, "createdGte"),
        (INBOX, {"createdGte": "2", "createdLte": "0"}, "createdGte"),
        (INBOX, {"severity": "deadly"}, "severity.0"),
        (f"{INBOX}/count", {}, "filters"),
        (f"{INBOX}/count", {"filters": "[]"}, "filters"),
        (f"{INBOX}/count", {"filters": "{}"}, "filters"),
        (f"{INBOX}/count", {"filters": "[" * 8000}, "filters"),
        (f"{INBOX}/count", {"filters": '[{"read": "perhaps"}]'}, "filters"),
    ],
)
def test_a_question_to_the_inbox_that_makes_no_sense_is_refused(acme, path, query, field):
    answer = acme("GET", path, **query)

    assert answer.status == 422
    assert field in answer.json["errors"]


def test_an_inbox_goes_on_behind_no_unknown_notification(acme, globex, ports):
    tell(ports, "t1", "ana")

    assert acme("GET", INBOX, after="x").status == 422
    assert globex.ok("GET", INBOX)["data"] == []
    assert acme("POST", f"{ANA}/messages/mark-nothing", {"messageId": "x"}).status == 422
    assert acme("POST", f"{ANA}/messages/else", {"messageId": "x", "markAs": "read"}).status == 404


def test_what_applications_poll_asks_for_no_key_anew(acme, monkeypatch):
    asked, real = [], wiring.ports

    def noted(**how):
        asked.extend(how.values())
        return real(**how)

    monkeypatch.setattr(wiring, "ports", noted)

    for path in (FEED, UNSEEN, INBOX):
        acme.ok("GET", path)
    counts(acme, {"read": False})
    acme.ok("POST", f"{ANA}/messages/mark-all", {"markAs": "read"})

    assert asked == [False] * 4 + [True]


def test_feeds_are_for_who_may_reach_the_audience(with_scopes):
    key = with_scopes(Scope.ACTIVITY, Scope.EVENT_TRIGGER)

    assert key("GET", FEED).status == 403
    assert key("POST", f"{ANA}/messages/mark-all", {"markAs": "read"}).status == 403
    assert key("DELETE", "/v1/messages/x").status == 403
