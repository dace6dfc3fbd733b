"""Novu's messages, notifications and execution details: what became of an event, for each."""

import json

import pytest
from novu_py.models import ActivitiesResponseDto

from carillon.dialects.novu.translate import notifications as translate
from carillon.dialects.novu.translate import records
from carillon.domain.base.channels import Channel
from carillon.domain.delivery import codes
from carillon.domain.delivery.deliveries import Attempt, DeliveryRecord, Outcome, Status
from carillon.domain.delivery.invocations import RecordedInvocation
from carillon.domain.tenancy.access import Scope
from carillon.usecases.activity.find_notifications import Notification
from carillon.usecases.intake.trigger import accept
from tests import builders as a
from tests import gateway
from tests.unit.novu import telling
from tests.unit.novu.telling import tell, work


@pytest.fixture
def ports():
    with gateway.using(telling.world()) as ports:
        yield ports


def messages(acme, **query):
    return acme.ok("GET", "/v1/messages", **query)


def notifications(acme, **query):
    return acme.ok("GET", "/v1/notifications", **query)


def who(page):
    return [(one["transactionId"], one["_subscriberId"]) for one in page["data"]]


def test_a_message_for_each_channel_and_the_words_of_those_we_kept(ports, acme):
    tell(ports, "t1", "ana", event="all")

    found = {one["channel"]: one for one in messages(acme)["data"]}

    assert {channel: one["status"] for channel, one in found.items()} == {
        "chat": "sent",
        "email": "sent",
        "in_app": "sent",
    }
    assert found["in_app"]["content"] == "It is 7."
    assert "content" not in found["email"]
    assert found["email"]["providerId"] == "ses"
    assert {one["_notificationId"] for one in found.values()} == {found["email"]["_notificationId"]}
    assert found["chat"]["payload"] == {"number": 7}


def test_messages_are_listed_however_time_goes_on_meanwhile(ports, acme, monkeypatch):
    tell(ports, "t1", "ana", event="all")
    stopped = ports.clock.now

    def ticking():
        ports.clock.advance(0.001)
        return stopped()

    monkeypatch.setattr(ports.clock, "now", ticking)

    assert len(messages(acme)["data"]) == 3
    assert len(notifications(acme)["data"]) == 1


def test_what_a_provider_refused_is_an_error_and_what_waits_a_warning(ports, acme):
    tell(ports, "t1", "gone", event="all")
    tell(ports, "t2", "busy", event="all")

    found = {one["transactionId"]: one for one in messages(acme, channel="chat")["data"]}

    assert (found["t1"]["status"], found["t1"]["errorId"]) == ("error", "invalid_token")
    assert found["t1"]["errorText"]
    assert (found["t2"]["status"], found["t2"]["errorId"]) == ("warning", "http_503")


def test_messages_are_found_by_subscriber_channel_and_transactions(ports, acme):
    tell(ports, "t1", "ana", "bo", event="all")
    tell(ports, "t2", "ana", event="all")
    tell(ports, "t3", "ana")

    assert set(who(messages(acme, subscriberId="bo"))) == {("t1", "bo")}
    assert who(messages(acme, subscriberId="ana", channel="in_app")) == [
        ("t3", "ana"),
        ("t2", "ana"),
        ("t1", "ana"),
    ]
    assert who(messages(acme, channel="email", transactionId=["t1", "t2"], subscriberId="ana")) == [
        ("t2", "ana"),
        ("t1", "ana"),
    ]
    assert len(messages(acme, transactionId="t1")["data"]) == 6
    assert messages(acme, transactionId="never")["data"] == []
    assert messages(acme, channel="push")["data"] == []
    assert messages(acme, subscriberId="nobody")["data"] == []


@pytest.mark.parametrize("query", [{}, {"subscriberId": "ana"}])
def test_pages_together_have_each_message_once(ports, acme, query):
    for n in range(7):
        tell(ports, f"t{n}", "ana", event="all")

    pages = [messages(acme, limit="5", page=str(n), **query) for n in range(6)]

    ids = [one["_id"] for page in pages for one in page["data"]]
    assert len(ids) == len(set(ids)) == 21
    assert [page["hasMore"] for page in pages] == [True] * 4 + [False] * 2
    assert [page.get("totalCount") for page in pages[:5]] == [None] * 4 + [21]
    assert who(pages[0])[0] == ("t6", "ana")


def test_an_answer_has_room_for_all_but_the_payloads(ports, acme):
    for n in range(12):
        brought = {"words": ["x" * 60_000] * 4}
        trigger = a.trigger("note", a.person("ana"), transaction_id=f"t{n}", payload=brought)
        telling.accept([trigger], ports=ports.of(a.TENANT))
        telling.work(ports)

    for path in ("messages", "notifications", "subscribers/ana/notifications/feed"):
        answer = acme("GET", f"/v1/{path}", limit="12")
        carried = ["payload" in one for one in answer.json["data"]]
        assert len(answer.text) < 3 * 1024 * 1024
        assert carried == [True] * 8 + [False] * 4


def test_a_deleted_message_is_in_no_list_any_more(ports, acme):
    tell(ports, "t1", "ana")
    tell(ports, "t2", "ana")
    [_, id] = [one["_id"] for one in messages(acme)["data"]]

    answer = acme.ok("DELETE", f"/v1/messages/{id}")

    assert answer == {"acknowledged": True, "status": "deleted"}
    assert who(messages(acme)) == [("t2", "ana")]
    assert len(acme.ok("GET", "/v1/subscribers/ana/notifications/feed")["data"]) == 1
    assert acme("DELETE", f"/v1/messages/{id}").status == 404


def test_what_was_sent_outside_cannot_be_taken_back(ports, acme):
    tell(ports, "t1", "ana", event="all")
    [mail] = messages(acme, channel="email")["data"]

    answer = acme("DELETE", f"/v1/messages/{mail['_id']}")

    assert answer.status == 422
    assert "email" in answer.json["errors"]["messageId"]["messages"][0]
    assert len(messages(acme)["data"]) == 3


def test_all_messages_of_a_transaction_are_taken_out_of_the_feeds(ports, acme):
    tell(ports, "t/1", *(f"p{n}" for n in range(60)))
    tell(ports, "t2", "p1")

    kept = acme("DELETE", "/v1/messages/transaction/t/1", channel="email")
    before = messages(acme, transactionId="t/1", limit="100")
    gone = acme("DELETE", "/v1/messages/transaction/t/1", channel="in_app")

    assert (kept.status, gone.status) == (204, 204)
    assert len(before["data"]) == 60
    assert messages(acme, transactionId="t/1")["data"] == []
    assert who(messages(acme)) == [("t2", "p1")]
    assert acme("DELETE", "/v1/messages/transaction/never").status == 204


def test_a_notification_for_each_recipient_with_a_job_for_each_delivery(ports, acme):
    tell(ports, "t1", "ana", "gone", event="all")

    page = notifications(acme)

    assert who(page) == [("t1", "ana"), ("t1", "gone")]
    ana, gone = page["data"]
    assert sorted(ana["channels"]) == ["chat", "email", "in_app"]
    assert {job["status"] for job in ana["jobs"]} == {"completed"}
    assert {job["type"]: job["status"] for job in gone["jobs"]} == {
        "chat": "failed",
        "email": "completed",
        "in_app": "completed",
    }
    assert ana["subscriber"]["email"] == "ana@x.example"
    assert ana["template"]["triggers"][0]["identifier"] == "all"
    assert ana["payload"] == {"number": 7}
    assert acme.ok("GET", f"/v1/notifications/{ana['_id']}") == ana


def test_who_could_not_be_reached_at_all_is_told_too(ports, acme):
    tell(ports, "t1", "ana", event="welcome")
    for integration in ports.integrations.all(a.TENANT):
        ports.integrations.remove(a.TENANT, integration.id)
    accept([a.trigger("welcome", a.person("ana"), transaction_id="t2")], ports=ports.of(a.TENANT))
    work(ports)

    newest, _ = notifications(acme)["data"]

    assert newest["transactionId"] == "t2"
    jobs = {job["type"]: job for job in newest["jobs"]}
    assert set(newest["channels"]) == set(jobs) == {"email", "chat"}
    for job in jobs.values():
        [detail] = job["executionDetails"]
        assert (job["status"], detail["source"]) == ("skipped", "Internal")
        assert json.loads(detail["raw"]) == {"code": "no_integration"}
    ActivitiesResponseDto.model_validate(notifications(acme))  # as novu-py reads it


def test_notifications_are_filtered(ports, acme):
    tell(ports, "t1", "ana", "bo", event="all")
    tell(ports, "t2", "ana")
    tell(ports, "t3", "bo")
    after = ports.clock.now().isoformat().replace("+00:00", "Z")
    tell(ports, "t4", "cy")

    def found(**query):
        return who(notifications(acme, **query))

    assert found(transactionId="t1") == [("t1", "ana"), ("t1", "bo")]
    assert found(transactionId="never") == []
    assert found(subscriberIds="ana") == [("t2", "ana"), ("t1", "ana")]
    assert found(subscriberIds=["ana", "bo"]) == [
        ("t3", "bo"),
        ("t2", "ana"),
        ("t1", "ana"),
        ("t1", "bo"),
    ]
    assert found(templates="all") == [("t1", "ana"), ("t1", "bo")]
    assert found(channels=["email", "sms"]) == [("t1", "ana"), ("t1", "bo")]
    assert found(emails="BO@x.example") == [("t3", "bo"), ("t1", "bo")]
    assert found(search="cy@") == [("t4", "cy")]
    assert found(after=after) == found(after=after.removesuffix("Z")) == [("t4", "cy")]
    assert found(before=after, subscriberIds="bo", templates="note") == [("t3", "bo")]


@pytest.mark.parametrize("query", [{}, {"subscriberIds": "ana"}])
def test_notifications_have_numbered_pages(ports, acme, query):
    for n in range(5):
        tell(ports, f"t{n}", "ana", event="all")

    pages = [notifications(acme, limit="2", page=str(n), **query) for n in range(4)]

    assert [who(page) for page in pages] == [
        [("t4", "ana"), ("t3", "ana")],
        [("t2", "ana"), ("t1", "ana")],
        [("t0", "ana")],
        [],
    ]
    assert [page["hasMore"] for page in pages] == [True, True, False, False]


def test_execution_details_tell_each_attempt(ports, acme):
    tell(ports, "t1", "gone", event="all")
    [one] = notifications(acme)["data"]

    details = acme.ok("GET", "/v1/execution-details", notificationId=one["_id"])

    by_channel = {detail["channel"]: detail for detail in details}
    assert by_channel["email"]["status"] == "Success"
    assert by_channel["email"]["detail"] == "Message sent"
    assert by_channel["chat"]["status"] == "Failed"
    assert by_channel["chat"]["raw"] == '{"code": "invalid_token", "httpStatus": 403}'
    assert by_channel["chat"]["providerId"] == "slack"
    assert not by_channel["chat"]["isRetry"]


def test_execution_details_tell_what_the_data_broke_in_the_template(ports, acme):
    body = "It is\n{{ number | date: '%H', event.name }}{{ number }}."
    template = a.template(event="all", medium=Channel.IN_APP, subject="", body=body)
    ports.templates.put(a.TENANT, template)

    tell(ports, "t1", "ana", event="all")

    [one] = notifications(acme)["data"]
    details = acme.ok("GET", "/v1/execution-details", notificationId=one["_id"])
    told = [detail for detail in details if detail["channel"] == "in_app"]
    assert [detail["status"] for detail in told] == ["Success", "Warning"]
    assert json.loads(told[1]["raw"]) == {
        "warnings": ['body, line 2: no time zone is called "all"']
    }


def test_what_waits_for_a_retry_is_a_warning_and_its_job_is_delayed(ports, acme):
    tell(ports, "t1", "busy", event="all")
    [one] = notifications(acme, channels="chat")["data"]

    details = acme.ok(
        "GET", "/v1/execution-details", notificationId=one["_id"], subscriberId="busy"
    )

    jobs = {job["type"]: job["status"] for job in one["jobs"]}
    assert jobs["chat"] == "delayed"
    assert {d["channel"]: d["status"] for d in details}["chat"] == "Warning"
    path = "/v1/execution-details"
    assert acme("GET", path, notificationId=one["_id"], subscriberId="ana").status == 404


def test_what_was_cancelled_before_it_was_sent_says_so(ports, acme):
    trigger = a.trigger("note", a.person("ana"), transaction_id="t1")
    telling.accept([trigger], ports=ports.of(a.TENANT))
    for job in ports.queues.jobs:
        telling.fan_out(job, ports=ports.of(a.TENANT))
    ports.queues.jobs.clear()
    ports.invocations.cancel(a.TENANT, "t1", ports.clock.now())
    telling.work(ports)

    [one] = notifications(acme)["data"]

    assert one["jobs"][0]["status"] == "canceled"
    [detail] = one["jobs"][0]["executionDetails"]
    assert detail["detail"] == codes.SENTENCES["cancelled"]


ATTEMPTS = (
    Attempt(at=a.NOW, outcome=Outcome.RETRY, code="connect_failed", integration="int_ses"),
    Attempt(at=a.NOW, outcome=Outcome.CONFIG, code="Theirs", integration="int_ses"),
)


def shown(status, outcome, code, *, earlier=(), attempts=0, detail=""):
    """The details of a delivery: what is told of each, and whether it is a retry."""
    record = DeliveryRecord(
        delivery="d1",
        invocation="t1",
        integration="int_ses",
        provider="ses",
        channel=Channel.EMAIL,
        status=status,
        outcome=outcome,
        code=code,
        detail=detail,
        attempts=attempts,
        earlier=earlier,
        at=a.NOW,
    )
    recorded = RecordedInvocation(invocation=a.invocation("t1"), job="job1", accepted_at=a.NOW)
    one = Notification(recorded=recorded, subscriber="ana", deliveries=[record])
    return [(d.detail, d.is_retry) for d in translate.execution_details(one, a.TENANT)]


def test_a_message_that_no_provider_was_asked_about_does_not_say_that_one_refused():
    [told] = shown(
        Status.FAILED,
        Outcome.BAD,
        "invalid_message",
        attempts=1,
        detail="template is missing for email",
    )

    assert told[0].startswith(codes.SENTENCES["invalid_message"])
    assert "template is missing for email" in told[0]


@pytest.mark.parametrize("code", ["circuit_open", "store_unavailable"])
def test_what_holds_a_message_is_told_after_its_attempts(code):
    connect, refused, held = shown(
        Status.RETRYING, Outcome.CONFIG, code, earlier=ATTEMPTS, attempts=2
    )

    assert connect == (codes.SENTENCES["connect_failed"], False)
    assert refused == (records.WORDS[Outcome.CONFIG], True)
    assert held == (codes.SENTENCES[code], False)


def test_what_ends_a_message_between_two_attempts_is_told():
    *_, ended = shown(Status.CANCELLED, Outcome.BAD, "cancelled", earlier=ATTEMPTS, attempts=2)

    assert ended == (codes.SENTENCES["cancelled"], False)


def test_nobody_elses_activity_is_seen(ports, acme, globex):
    tell(ports, "t1", "ana", event="all")
    [one] = notifications(acme)["data"]

    assert messages(globex)["data"] == notifications(globex)["data"] == []
    assert messages(globex, transactionId="t1")["data"] == []
    assert messages(globex, subscriberId="ana")["data"] == []
    refused = globex("GET", f"/v1/notifications/{one['_id']}")
    assert (refused.status, refused.json["message"]) == (
        404,
        f"notification '{one['_id']}' not found",
    )
    path = "/v1/execution-details"
    assert globex("GET", path, notificationId=one["_id"]).status == 404
    assert globex("DELETE", "/v1/messages/transaction/t1").status == 204
    assert len(messages(acme)["data"]) == 3


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/v1/messages", {"channel": "pigeon"}, "channel"),
        ("/v1/messages", {"page": "-1"}, "page"),
        ("/v1/messages", {"page": "1000000"}, "page"),
        ("/v1/messages", {"transactionId": ["x"] * 101}, "transactionId"),
        ("/v1/messages", {"subscriberId": "x" * 256}, "subscriberId"),
        ("/v1/messages", {"subscriberId": "a\x00"}, "subscriberId"),
        ("/v1/notifications", {"channels": "pigeon"}, "channels.0"),
        ("/v1/notifications", {"after": "yesterday"}, "after"),
        ("/v1/notifications", {"subscriberIds": ["x"] * 11}, "subscriberIds"),
        ("/v1/notifications", {"after": "2026-11-02", "before": "2026-11-01"}, "after"),
        ("/v1/notifications", {"after": "2020-01-01T00:00:00Z"}, "after"),
        ("/v1/execution-details", {}, "notificationId"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(acme, path, query, field):
    answer = acme("GET", path, **query)

    assert answer.status == 422
    assert field in answer.json["errors"]


def test_activity_is_for_who_may_read_it(with_scopes):
    key = with_scopes(Scope.AUDIENCE, Scope.EVENT_TRIGGER)

    for path in ("messages", "notifications", "notifications/x"):
        assert key("GET", f"/v1/{path}").status == 403
    assert key("GET", "/v1/execution-details", notificationId="x").status == 403
