"""Deliveries looked up: by invocation, by subscriber, by status and time; and what happened."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unfinished
from carillon.domain.delivery.invocations import Job
from carillon.domain.delivery.transport import Response
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out
from carillon.usecases.delivery.retry import retry
from tests import builders as a
from tests import fakes, gateway

PLENTY = 60.0
REFUSED = Response(status=400, body=b"invalid_payload")
DAY = timedelta(days=1)


@pytest.fixture
def answers():
    """What Slack says to whom, instead of yes."""
    return {}


@pytest.fixture
def ports(answers):
    def said(request):
        return answers.get(request.url.rpartition("/")[2], Response(status=200, body=b"ok"))

    world = a.world(egress=fakes.Egress(said))
    chat = a.event_type("alarm", media={Channel.CHAT: True})
    world.event_types.save(a.TENANT, chat, expected=None)
    world.templates.put(a.TENANT, a.template("alarm", Channel.CHAT))
    with gateway.using(world):
        yield world


@pytest.fixture
def happens(ports):
    """Have an event happen to these people, and fan it out; its job's id is the event's."""

    def trigger(id, *people, event="alarm", at=None):
        reached = [a.person(p, channels=(a.slack_address(p),)) for p in people]
        made = a.invocation(id, *reached, event=event)
        accepted_at = at or ports.clock.now()
        job = Job(id=f"job-{id}", tenant=a.TENANT, accepted_at=accepted_at, invocations=(made,))
        fan_out(job, ports=ports.of(job.tenant))

    return trigger


@pytest.fixture
def work(ports):
    """Let the workers do what is queued now, and some seconds pass."""

    def run(seconds=0):
        chunks, ports.queues.chunks[:] = list(ports.queues.chunks), []
        retries, ports.queues.retries[:] = list(ports.queues.retries), []
        with suppress(Unfinished):
            for chunk in chunks:
                deliver(chunk, ports=ports.of(chunk.tenant), time_left=lambda: PLENTY)
            for message in retries:
                retry(message, ports=ports.of(message.tenant), time_left=lambda: PLENTY)
        ports.clock.advance(seconds)

    return run


def every(api, path, **query):
    """All items of a list, page by page."""
    found, cursor = [], {}
    for _ in range(100):
        page = api.ok("GET", path, **query, **cursor)
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}
    raise AssertionError("the list never ends")


def told(items):
    return [(item["subscriber"], item["status"]) for item in items]


def test_a_delivery_tells_all_its_attempts(acme, ports, answers, happens, work):
    answers["ana"] = Response(status=503)
    happens("i1", "ana")
    work()
    del answers["ana"]

    [waiting] = acme.ok("GET", "/invocations/i1/deliveries")["items"]
    ports.clock.advance(60)
    work()
    [sent] = acme.ok("GET", "/invocations/i1/deliveries")["items"]

    assert (waiting["status"], waiting["channel"]) == ("retrying", "chat")
    assert waiting["next_attempt_at"] > waiting["at"]
    assert (sent["status"], sent["attempts"], sent["next_attempt_at"]) == ("sent", 2, None)
    assert [(each["outcome"], each["http_status"]) for each in sent["history"]] == [
        ("retry", 503),
        ("sent", 200),
    ]


@pytest.mark.parametrize("limit", ["1", "2", "100"])
def test_an_invocations_deliveries_are_found_by_status(acme, answers, happens, work, limit):
    people = [f"p{n:02}" for n in range(30)]
    answers.update(dict.fromkeys(people[::7], REFUSED))
    happens("i1", *people)
    work()

    failed = every(acme, "/invocations/i1/deliveries", status="failed", limit=limit)
    both = every(acme, "/invocations/i1/deliveries", status=["failed", "sent"], limit=limit)
    none = every(acme, "/invocations/i1/deliveries", status="retrying,expired", limit=limit)

    assert sorted(told(failed)) == [(p, "failed") for p in people[::7]]
    assert sorted(item["subscriber"] for item in both) == people
    assert none == []


def test_what_is_retrying_to_its_chunk_is_found_by_what_it_is_now(
    acme, ports, answers, happens, work
):
    answers["ana"] = Response(status=503)
    happens("i1", "ana", "bob")
    work()
    del answers["ana"]
    ports.clock.advance(60)
    work()

    sent = every(acme, "/invocations/i1/deliveries", status="sent")

    assert sorted(told(sent)) == [("ana", "sent"), ("bob", "sent")]
    assert every(acme, "/invocations/i1/deliveries", status="retrying") == []


def test_an_invocations_deliveries_are_found_by_subscriber(acme, happens, work):
    happens("i1", "ana", "bob")
    happens("i2", "ana")
    work()

    path = "/invocations/i1/deliveries"
    assert told(every(acme, path, subscriber="bob")) == [("bob", "sent")]
    assert [d["invocation"] for d in every(acme, path, subscriber="ana", limit="1")] == ["i1"]
    assert every(acme, path, subscriber="eve") == []


@pytest.mark.parametrize("limit", ["1", "3", "100"])
def test_a_subscribers_deliveries_come_newest_first(acme, answers, happens, work, limit):
    answers["ana"] = REFUSED
    for n in range(5):
        happens(f"i{n}", "ana", "bob")
        work(60)
        if n == 1:
            del answers["ana"]

    found = every(acme, "/subscribers/ana/deliveries", limit=limit)
    failed = every(acme, "/subscribers/ana/deliveries", status="failed", limit=limit)

    assert [d["invocation"] for d in found] == ["i4", "i3", "i2", "i1", "i0"]
    assert {d["subscriber"] for d in found} == {"ana"}
    assert [d["invocation"] for d in failed] == ["i1", "i0"]
    assert failed[0]["code"] == "invalid_payload"


def test_a_subscribers_deliveries_are_found_by_time(acme, ports, happens, work):
    for n in range(4):
        happens(f"i{n}", "ana", at=a.NOW + n * DAY)
    work()

    def found(**query):
        return [d["invocation"] for d in every(acme, "/subscribers/ana/deliveries", **query)]

    assert found(**{"from": "2026-01-02", "to": "2026-01-04T00:00:00Z"}) == ["i2", "i1"]
    assert found(**{"from": "2026-01-03T01:00:00+01:00"}) == ["i3", "i2"]
    assert found(to="2026-01-02") == ["i0"]


def test_what_has_no_account_yet_is_queued(acme, ports, happens, monkeypatch):
    happens("i1", "ana")
    [chunk] = ports.queues.chunks
    with monkeypatch.context() as patch:
        patch.setattr(ports.chunks, "record", lambda *_: False)
        with pytest.raises(Unfinished):
            deliver(chunk, ports=ports.of(chunk.tenant), time_left=lambda: PLENTY)

    [found] = acme.ok("GET", "/subscribers/ana/deliveries", status="queued")["items"]

    assert (found["status"], found["attempts"], found["at"]) == ("queued", 0, None)
    assert (found["invocation"], found["channel"], found["history"]) == ("i1", "chat", [])
    assert acme.ok("GET", "/subscribers/ana/deliveries", status="sent")["items"] == []


@pytest.mark.parametrize("limit", ["1", "4", "100"])
def test_all_deliveries_are_found_by_status_event_type_and_time(
    acme, answers, happens, work, limit
):
    answers["bob"] = REFUSED
    for n in range(6):
        happens(f"i{n}", "ana", "bob", event="alarm" if n % 2 else "welcome")
        work(6 * 3600)

    def found(**query):
        items = every(acme, "/deliveries", limit=limit, **query)
        return [(d["invocation"], d["status"]) for d in items if d["channel"] == "chat"]

    assert found(status="failed", **{"from": "2026-01-01"}) == [
        (f"i{n}", "failed") for n in (5, 4, 3, 2, 1, 0)
    ]
    assert {i for i, _ in found()} == {"i5", "i4", "i3", "i2"}
    assert [i for i, _ in found(event_type="alarm", status="sent")] == ["i5", "i3"]
    assert found(event_type="none") == []
    assert {i for i, _ in found(**{"from": "2026-01-01", "to": "2026-01-01T12:00:00"})} == {
        "i0",
        "i1",
    }


def test_many_jobs_are_read_a_hundred_at_a_time(acme, happens, work):
    for n in range(130):
        happens(f"i{n:03}", "ana", at=a.NOW - timedelta(minutes=n))
    work()

    first = acme.ok("GET", "/deliveries", status="failed")

    assert first["items"] == []
    assert first["next_cursor"]
    assert every(acme, "/deliveries", status="failed") == []
    assert [d["invocation"] for d in every(acme, "/deliveries", limit="100")] == [
        f"i{n:03}" for n in range(130)
    ]


def test_jobs_with_topics_are_read_twenty_at_a_time(acme, ports):
    for n in range(50):
        job = replace(a.job(a.invocation(f"i{n:02}")), id=f"job{n:02}")
        ports.invocations.record(job, {f"i{n:02}": ["news"]})
        ports.invocations.enlist(job, {}, ranges=16)

    cursors = []
    while not cursors or cursors[-1]:
        query = {"cursor": cursors[-1]} if cursors else {}
        cursors.append(acme.ok("GET", "/deliveries", **query)["next_cursor"])

    assert len(cursors) == 3


@pytest.mark.parametrize("limit", ["1", "7", "100"])
def test_what_happened_is_listed_newest_first(acme, ports, happens, limit):
    for n in range(30):
        at = a.NOW + n * timedelta(hours=3)
        happens(f"i{n:02}", "ana", event="alarm" if n % 3 else "welcome", at=at)
    ports.clock.advance(87 * 3600)

    everything = every(acme, "/invocations", limit=limit, **{"from": "2026-01-01"})
    alarms = every(acme, "/invocations", event_type="alarm", limit=limit, **{"from": "2026-01-04"})

    assert [item["id"] for item in everything] == [f"i{n:02}" for n in reversed(range(30))]
    assert everything[-1] == {
        "id": "i00",
        "event_type": "welcome",
        "application": "default/default",
        "accepted_at": "2026-01-01T00:00:00Z",
        "skipped": {},
    }
    assert [item["id"] for item in alarms] == ["i29", "i28", "i26", "i25"]
    assert len(every(acme, "/invocations")) == 9  # in the last 24 hours


@pytest.mark.parametrize("limit", ["1", "3", "100"])
def test_a_transaction_that_came_twice_happened_once(acme, ports, limit):
    for id, events in [("job1", "abc"), ("job2", "bcd")]:
        fan_out(replace(a.job(*map(a.invocation, events)), id=id), ports=ports.of(a.TENANT))

    listed = every(acme, "/invocations", limit=limit)
    happened = [item["id"] for item in listed if "duplicate_transaction" not in item["skipped"]]
    repeated = [item["id"] for item in listed if item["skipped"] == {"duplicate_transaction": 1}]
    assert (sorted(happened), sorted(repeated)) == (list("abcd"), list("bc"))


def test_nobody_else_sees_any_of_it(globex, happens, work):
    happens("i1", "ana")
    work()

    assert globex("GET", "/invocations/i1/deliveries", subscriber="ana").status == 404
    for path in ("/subscribers/ana/deliveries", "/deliveries", "/invocations"):
        assert globex.ok("GET", path) == {"items": [], "next_cursor": None}


def test_another_lists_cursor_is_refused(acme, happens, work):
    for n in range(3):
        happens(f"i{n}", "ana")
    work()
    paths = ["/subscribers/ana/deliveries", "/deliveries", "/invocations"]
    cursors = {p: acme.ok("GET", p, limit="1")["next_cursor"] for p in paths}

    for path in paths:
        for other in set(paths) - {path}:
            assert "cursor" in acme.problems("GET", path, cursor=cursors[other])


@pytest.mark.parametrize("path", ["/subscribers/ana/deliveries", "/deliveries", "/invocations"])
@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"from": "yesterday"}, "from"),
        ({"to": "2026-13-01"}, "to"),
        ({"to": ""}, "to"),
        ({"from": "1735689600"}, "from"),
        ({"from": "2026-01-01T00:00:00 02:00"}, "from"),
        ({"from": "0001-01-01T00:00:00+14:00"}, "from"),
        ({"to": "9999-12-31T23:59:59-14:00"}, "to"),
        ({"from": "2026-01-02", "to": "2026-01-01"}, "from"),
        ({"since": "2026-01-01"}, "since"),
        ({"status": "lost"}, None),
        ({"limit": ["1", "2"]}, "limit"),
        ({"cursor": "WyJ4Il0"}, "cursor"),
    ],
)
def test_a_bad_question_is_told_where(acme, path, query, wrong):
    assert (wrong or "status") in acme.problems("GET", path, **query)


@pytest.mark.parametrize("path", ["/deliveries", "/invocations"])
def test_at_most_31_days_can_be_listed(acme, path):
    assert "31 days" in acme.problems("GET", path, **{"from": "2025-11-30"})["from"]
    assert acme.ok("GET", path, **{"from": "2025-12-01"})["items"] == []
    assert acme.ok("GET", path, to="2020-01-01")["items"] == []
    assert acme.ok("GET", path, **{"from": "2030-01-01"})["items"] == []
