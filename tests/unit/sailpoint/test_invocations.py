"""Test invocations, real ones, their status, and the answers of subscribers."""

import base64
import re
import uuid
from dataclasses import replace

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Outcome, Result, Status
from carillon.domain.delivery.transport import NoAnswer, Response
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.limits import Limits
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out
from carillon.usecases.delivery.retry import retry
from carillon.usecases.intake.trigger import accept
from tests import builders as a
from tests import fakes, gateway

CONTENT = {"workflowId": 1234}
INPUT = {"identityId": "2013"}
UNKNOWN = "0f11f2a4-7c94-4bf3-a2bd-742580fe3bde"


def start(api, trigger="ask", **fields):
    body = {"triggerId": trigger, "contentJson": CONTENT, "input": INPUT} | fields
    return api("POST", "/trigger-invocations/test", body)


def rows(api, **query):
    return api.ok("GET", "/trigger-invocations/status", **query)


def complete(api, id, **body):
    return api("POST", f"/trigger-invocations/{id}/complete", body)


def happen(ports, event="ask", payload=INPUT, id="i1"):
    """A real event, whoever triggered it, as far as its deliveries have been attempted once."""
    ports.queues.chunks.clear()
    invocation = a.invocation(id, event=event, recipients=(), payload=payload)
    fan_out(a.job(invocation, id=f"job-{id}"), ports=ports.of(a.TENANT))
    for chunk in ports.queues.chunks:
        deliver(chunk, ports=ports.of(chunk.tenant), time_left=lambda: 60)


def causes(answer):
    return " ".join(cause["text"] for cause in answer.json["causes"])


def refused(code, outcome=Outcome.UNSURE):
    return NoAnswer(Result(outcome=outcome, code=code))


# ---------------------------------------------------------------- test invocations


def test_a_test_answers_with_one_invocation_a_subscription(api, subscriber):
    mine = [api.subscribe("tell"), api.subscribe("tell", enabled=False)]

    answer = start(api, "tell")

    assert answer.status == 200
    for one in answer.json:
        assert set(one) == {"id", "triggerId", "secret", "contentJson"}
        assert str(uuid.UUID(one["id"])) == one["id"]
        assert str(uuid.UUID(one["secret"])) == one["secret"]
        assert (one["triggerId"], one["contentJson"]) == ("tell", CONTENT)
    assert len({one["id"] for one in answer.json} | {one["secret"] for one in answer.json}) == 4
    assert len(subscriber.requests) == len(mine)
    assert {row["subscriptionId"] for row in rows(api)} == {one["id"] for one in mine}


def test_nobody_subscribed_is_no_content(api, subscriber):
    answer = start(api)

    assert (answer.status, answer.text) == (204, "")
    assert subscriber.requests == []


def test_without_input_the_sample_is_sent(api, subscriber):
    api.subscribe()

    start(api, input=None)

    assert subscriber.bodies == [{"identityId": "sample"}]


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({"triggerId": None}, "400.1", "triggerId"),
        ({"triggerId": "nope"}, "400.1.404", "triggerId 'nope' does not exist"),
        ({"contentJson": None}, "400.1", "contentJson"),
        ({"contentJson": "x"}, "400.1", "contentJson"),
        ({"input": {"identityId": 7}}, "400.1", "input.identityId"),
        ({"input": {}}, "400.1", "input"),
        ({"input": [1]}, "400.1", "input"),
        ({"subscriptionIds": [UNKNOWN]}, "400.1.404", UNKNOWN),
        ({"subscriptionIds": "x"}, "400.1", "subscriptionIds"),
    ],
)
def test_what_is_no_test_is_refused_and_nothing_is_sent(api, subscriber, change, code, says):
    api.subscribe()

    answer = start(api, **change)

    assert answer.status == 400
    assert answer.json["detailCode"].startswith(code)
    assert says in causes(answer)
    assert subscriber.requests == []
    assert rows(api) == []


def test_a_missing_field_is_named(api):
    answer = api("POST", "/trigger-invocations/test", {"triggerId": "ask"})

    assert answer.json["detailCode"].startswith("400.1.0 ")
    assert "contentJson" in causes(answer)


def test_only_the_listed_subscriptions_are_tested(api, subscriber):
    first, _ = api.subscribe("tell", "https://a.example/"), api.subscribe("tell")
    other = api.subscribe("ask")

    assert len(start(api, "tell", subscriptionIds=[first["id"]]).json) == 1
    assert [request.url for request in subscriber.requests] == ["https://a.example/"]
    assert start(api, "tell", subscriptionIds=[]).json == []
    assert start(api, "tell", subscriptionIds=[other["id"]]).status == 400


def test_who_is_filtered_out_is_left_out(api, subscriber):
    api.subscribe("tell", filter='$[?(@.identityId == "2013")]')
    api.subscribe("tell", filter='$[?(@.identityId == "x")]')

    assert len(start(api, "tell").json) == 1
    assert start(api, "tell", input={"identityId": "y"}).json == []
    assert len(subscriber.requests) == 1


def test_a_test_is_not_repeated_and_is_no_real_traffic(api, ports, subscriber):
    api.subscribe("tell")
    subscriber.answer = Response(status=503)

    assert len(start(api, "tell").json) == 1

    assert len(subscriber.requests) == 1
    assert ports.queues.chunks == []
    assert ports.invocations.by_id == {}
    [row] = rows(api)
    assert row["type"] == "TEST"
    assert "http_503" in row["completeInvocationInput"]["localizedError"]["message"]


def test_another_tenant_has_no_such_trigger_and_no_such_subscription(api, stranger):
    api.subscribe()

    assert start(stranger).status == 400
    assert rows(stranger) == []


# ---------------------------------------------------------------- what subscribers receive


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        ({}, None),
        (
            {
                "httpAuthenticationType": "BASIC_AUTH",
                "basicAuthConfig": {"userName": "ana", "password": "pä:ss"},
            },
            "Basic " + base64.b64encode("ana:pä:ss".encode()).decode(),
        ),
        (
            {
                "httpAuthenticationType": "BEARER_TOKEN",
                "bearerTokenAuthConfig": {"bearerToken": "t0k"},
            },
            "Bearer t0k",
        ),
    ],
)
def test_the_credential_is_sent(api, subscriber, auth, header):
    api.subscribe("tell", http=auth)

    start(api, "tell")

    [request] = subscriber.requests
    assert request.headers.get("authorization") == header
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("mode", ["ASYNC", "DYNAMIC"])
def test_who_may_answer_later_is_told_where(api, subscriber, mode):
    api.subscribe("ask", http={"httpDispatchMode": mode})

    [started] = start(api).json

    base = "https://api.carillon.example/beta/trigger-invocations"
    assert subscriber.bodies == [
        INPUT
        | {
            "_metadata": {
                "triggerId": "ask",
                "triggerType": "requestResponse",
                "invocationId": started["id"],
                "responseMode": "async",
                "callbackURL": f"{base}/{started['id']}/complete",
                "secret": started["secret"],
            }
        }
    ]


def test_who_answers_nothing_is_told_what_it_is(api, subscriber):
    api.subscribe("tell")

    [started] = start(api, "tell").json

    told = {"triggerId": "tell", "triggerType": "fireAndForget", "invocationId": started["id"]}
    assert subscriber.bodies == [INPUT | {"_metadata": told}]


def test_who_answers_at_once_is_told_the_event_alone(api, subscriber):
    api.subscribe("ask")

    start(api)

    assert subscriber.bodies == [INPUT]


@pytest.mark.parametrize(
    ("trigger", "mode"),
    [("ask", "SYNC"), ("ask", "ASYNC"), ("ask", "DYNAMIC"), ("tell", "SYNC")],
)
def test_a_test_sends_what_a_real_event_sends_but_for_its_ids(
    api, ports, subscriber, trigger, mode
):
    api.subscribe(trigger, http={"httpDispatchMode": mode})

    [started] = start(api, trigger).json
    happen(ports, trigger)

    [real] = [row for row in rows(api) if row["type"] == "REAL_TIME"]
    test, event = subscriber.requests
    text = test.body.decode().replace(started["id"], real["id"])
    secret = (subscriber.bodies[1].get("_metadata") or {}).get("secret")
    assert text.replace(started["secret"], secret or "") == event.body.decode()
    assert replace(test, body=b"") == replace(event, body=b"")


# ---------------------------------------------------------------- real events


def test_any_event_reaches_its_subscribers_once_enabled_and_passing_their_filter(
    api, ports, subscriber
):
    heard = api.subscribe("tell", "https://a.example/", filter="$[?(@.identityId == '2013')]")
    api.subscribe("tell", "https://b.example/", filter="$[?(@.identityId == 'x')]")
    api.subscribe("tell", "https://c.example/", enabled=False)

    happen(ports, "tell")

    assert [request.url for request in subscriber.requests] == ["https://a.example/"]
    [row] = rows(api)
    assert row["subscriptionId"] == heard["id"]
    assert row["type"] == "REAL_TIME"
    assert row["startInvocationInput"]["input"] == INPUT
    assert row["completed"]
    assert row["completeInvocationInput"] == {"output": None, "localizedError": None}


def test_what_nobody_answers_is_retried_as_any_delivery_is(api, ports, subscriber):
    api.subscribe("tell")
    subscriber.answer = Response(status=503)

    happen(ports, "tell")
    [row] = rows(api)
    assert row["completed"] is None

    subscriber.answer = Response(status=200)
    ports.clock.advance(3600)
    for message in ports.queues.retries:
        retry(message, ports=ports.of(message.tenant), time_left=lambda: 60)

    [row] = rows(api)
    assert row["completed"]
    assert row["completeInvocationInput"]["localizedError"] is None
    first, second = subscriber.bodies
    assert first == second


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Response(status=503), "http_503"),
        (refused("no_answer"), "no_answer"),
        (Response(status=200), "JSON object"),
        (Response(status=200, body=b"not JSON"), "JSON object"),
        (Response(status=200, body=b"[1]"), "JSON object"),
        (Response(status=200, body=b'{"approved": "yes"}'), "output.approved"),
    ],
)
def test_what_wants_an_answer_is_asked_once_and_ends(api, ports, subscriber, answer, says):
    api.subscribe("ask")
    subscriber.answer = answer

    happen(ports)

    [row] = rows(api)
    assert row["completed"]
    assert row["completeInvocationInput"]["output"] is None
    assert row["completeInvocationInput"]["localizedError"]["locale"] == "en-US"
    assert says in row["completeInvocationInput"]["localizedError"]["message"]
    assert len(subscriber.requests) == 1
    assert ports.queues.retries == []


def test_an_endpoint_has_ten_seconds(api, ports):
    api.subscribe("ask")

    happen(ports)
    start(api)

    assert ports.egress.deadlines == [10.0, 10.0]


def test_an_answer_at_once_is_the_output(api, ports, subscriber):
    api.subscribe("ask")

    happen(ports)

    [row] = rows(api)
    assert row["completeInvocationInput"] == {"output": {"approved": True}, "localizedError": None}


def test_a_repeated_chunk_undoes_no_answer(api, ports, subscriber):
    """A worker may die between sending and recording; the subscriber may have answered by then."""
    api.subscribe("ask", http={"httpDispatchMode": "ASYNC"})
    happen(ports)
    told = subscriber.bodies[0]["_metadata"]
    complete(api, told["invocationId"], secret=told["secret"], output={"approved": True})

    [chunk] = ports.queues.chunks
    world = replace(ports, chunks=fakes.Chunks())
    deliver(chunk, ports=world.of(chunk.tenant), time_left=lambda: 60)

    [row] = rows(api)
    assert row["completeInvocationInput"]["output"] == {"approved": True}
    assert subscriber.bodies[1]["_metadata"] == told


def test_nothing_is_written_for_other_deliveries(api, ports):
    ports.integrations.put(a.TENANT, a.webhook())
    ports.subscriptions.put(
        a.TENANT, a.subscription(a.Target.INTEGRATION, "int_webhook", event="tell")
    )

    happen(ports, "tell")

    assert ports.dispatches.by_id == {}
    assert len(ports.egress.requests) == 1


def test_an_account_of_a_delivery_is_kept_as_of_any(api, ports, subscriber):
    api.subscribe("tell")

    happen(ports, "tell")

    [chunk] = ports.queues.chunks
    assert chunk.channel is Channel.WEBHOOK
    [one] = ports.chunks.get_many(a.TENANT, [chunk.key]).values()
    assert one.status is Status.SENT


# ---------------------------------------------------------------- answers that come later


@pytest.fixture
def asked(api, ports, subscriber):
    """An invocation that waits: its id and secret, as its subscriber was told them."""
    api.subscribe("ask", http={"httpDispatchMode": "ASYNC"}, responseDeadline="PT1H")
    subscriber.answer = Response(status=200, body=b"{}")
    happen(ports)
    told = subscriber.bodies[0]["_metadata"]
    return {"id": told["invocationId"], "secret": told["secret"]}


def test_an_invocation_is_open_until_it_is_answered(api, as_key, asked):
    [row] = rows(api)
    assert row["completed"] is None

    answer = complete(as_key(), **asked, output={"approved": False})

    assert (answer.status, answer.text) == (204, "")
    [row] = rows(api)
    assert row["completed"]
    assert row["completeInvocationInput"] == {"output": {"approved": False}, "localizedError": None}


def test_an_error_is_an_answer(api, asked):
    assert complete(api, **asked, output={}, error="no decision").status == 204

    [row] = rows(api)
    assert row["completeInvocationInput"] == {
        "output": None,
        "localizedError": {"locale": "en-US", "message": "no decision"},
    }


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"secret": "wrong"}, 403),
        ({"secret": UNKNOWN}, 403),
        ({"secret": "ü"}, 403),
        ({"id": UNKNOWN}, 403),
        ({"secret": None}, 400),
        ({"output": None}, 400),
        ({"output": {"approved": "yes"}}, 400),
        ({"output": {}}, 400),
        ({"output": {"approved": True, "x": "y" * 70_000}}, 400),
    ],
)
def test_what_is_no_answer_is_refused_and_it_stays_open(api, asked, change, status):
    body = asked | {"output": {"approved": True}} | change

    assert complete(api, **body).status == status

    [row] = rows(api)
    assert row["completed"] is None
    assert complete(api, **asked, output={"approved": True}).status == 204


def test_an_unknown_invocation_looks_like_a_wrong_secret(api, asked):
    unknown = complete(api, UNKNOWN, secret="x", output={})
    wrong = complete(api, asked["id"], secret="x", output={})

    assert unknown.json == wrong.json


def test_a_late_answer_is_refused(api, ports, asked):
    ports.clock.advance(3601)

    answer = complete(api, **asked, output={"approved": True})

    assert answer.status == 400
    assert "deadline" in causes(answer)
    [row] = rows(api)
    assert "deadline" in row["completeInvocationInput"]["localizedError"]["message"]
    assert row["completed"] == "2026-01-01T01:00:00.000Z"


def test_the_first_answer_counts_and_may_be_repeated(api, asked):
    assert complete(api, **asked, output={"approved": True}).status == 204
    assert complete(api, **asked, output={"approved": True}).status == 204
    assert complete(api, **asked, output={"approved": False}).status == 400

    [row] = rows(api)
    assert row["completeInvocationInput"]["output"] == {"approved": True}


def test_who_is_no_subscriber_any_more_cannot_answer(api, asked):
    [row] = rows(api)
    api.ok("DELETE", f"/trigger-subscriptions/{row['subscriptionId']}")

    assert complete(api, **asked, output={"approved": True}).status == 403


@pytest.mark.parametrize(
    ("response", "done"),
    [
        (Response(status=202, body=b"{}"), False),
        (Response(status=200, body=b'{"approved": true}'), True),
    ],
)
def test_a_dynamic_subscriber_answers_now_or_later(api, ports, subscriber, response, done):
    api.subscribe("ask", http={"httpDispatchMode": "DYNAMIC"})
    subscriber.answer = response

    happen(ports)

    [row] = rows(api)
    assert bool(row["completed"]) is done
    told = subscriber.bodies[0]["_metadata"]
    body = {"secret": told["secret"], "output": {"approved": True}}
    assert complete(api, told["invocationId"], **body).status == 204
    assert rows(api)[0]["completeInvocationInput"]["output"] == {"approved": True}


def test_a_test_can_be_answered_later_too(api, subscriber):
    api.subscribe("ask", http={"httpDispatchMode": "ASYNC"})
    [started] = start(api).json

    body = {"secret": started["secret"], "output": {"approved": True}}
    assert complete(api, started["id"], **body).status == 204

    [row] = rows(api)
    assert row["type"] == "TEST"
    assert row["startInvocationInput"] == {
        "triggerId": "ask",
        "input": INPUT,
        "contentJson": CONTENT,
    }


# ---------------------------------------------------------------- status


def test_status_is_filtered_sorted_and_counted(api, ports):
    ask, tell = api.subscribe("ask"), api.subscribe("tell", name="other")
    for trigger in ("ask", "tell", "ask"):
        start(api, trigger)
        ports.clock.advance(60)

    def triggers(**query):
        return [row["triggerId"] for row in rows(api, **query)]

    assert triggers() == ["ask", "tell", "ask"]
    assert [r["created"] for r in rows(api)] == sorted(r["created"] for r in rows(api))[::-1]
    assert triggers(sorters="triggerId") == ["ask", "ask", "tell"]
    assert triggers(sorters="-subscriptionName,created", limit="1") == ["tell"]
    assert triggers(filters=f'subscriptionId eq "{tell["id"]}"') == ["tell"]
    assert triggers(filters='triggerId eq "ask"', offset="1") == ["ask"]
    counted = api("GET", "/trigger-invocations/status", count="true", limit="1")
    assert counted.headers["x-total-count"] == "3"
    assert api("GET", "/trigger-invocations/status", filters='type eq "TEST"').status == 400
    assert {row["subscriptionName"] for row in rows(api)} == {"mine", "other"}
    assert ask["id"] in {row["subscriptionId"] for row in rows(api)}


def test_success_is_forgotten_after_a_day_and_failure_after_two(api, ports, subscriber):
    api.subscribe("tell")
    start(api, "tell")
    subscriber.answer = Response(status=404)
    start(api, "tell")

    counts = []
    for hours in (23, 2, 22, 2):
        ports.clock.advance(hours * 3600)
        counts.append(len(rows(api)))

    assert counts == [2, 1, 1, 0]


# ---------------------------------------------------------------- the other statuses


def test_too_many_requests_are_told_to_wait(api, ports):
    with gateway.using(ports, Limits({Category.GLOBAL: 1}, clock=lambda: 0.0)):
        answers = [start(api) for _ in range(20)]

    limited = [answer for answer in answers if answer.status == 429]
    assert limited
    assert limited[0].json == {"message": " Rate Limit Exceeded "}
    assert int(limited[0].headers["retry-after"]) > 0


def test_a_fault_of_ours_says_only_where_to_look(api, ports):
    class Broken:
        def __getattr__(self, name):
            raise RuntimeError("hunter2")

    with gateway.using(replace(ports, event_types=Broken())):
        answer = start(api)

    assert answer.status == 500
    assert set(answer.json) >= {"detailCode", "trackingId", "messages"}
    assert answer.json["detailCode"] == "500.0 Internal Fault"
    assert "hunter2" not in answer.text


# ---------------------------------------------------------------- as SailPoint prints them

STARTED = {
    "id": "0f11f2a4-7c94-4bf3-a2bd-742580fe3bde",
    "triggerId": "idn:access-requested",
    "secret": "0f979022-08be-44f2-b6f9-7393ec73ed9b",
    "contentJson": {"workflowId": 1234},
}
MESSAGE = {
    "locale": "en-US",
    "localeOrigin": "DEFAULT",
    "text": "The request was syntactically correct but its content is semantically invalid.",
}
BAD = {
    "detailCode": "400.1 Bad Request Content",
    "trackingId": "e7eab60924f64aa284175b9fa3309599",
    "messages": [MESSAGE],
    "causes": [MESSAGE],
}
FORBIDDEN = {
    "detailCode": "403 Forbidden",
    "trackingId": "b21b1f7ce4da4d639f2c62a57171b427",
    "messages": [
        MESSAGE | {"text": "The server understood the request but refuses to authorize it."}
    ],
}


def test_the_printed_request_has_the_printed_answer(api, ports):
    event = a.event_type("idn:access-requested", media={})
    ports.event_types.save(a.TENANT, event, expected=None)
    subscribed = api.subscribe("idn:access-requested")
    body = {
        "triggerId": STARTED["triggerId"],
        "input": {"identityId": "201327fda1c44704ac01181e963d463c"},
        "contentJson": STARTED["contentJson"],
        "subscriptionIds": [subscribed["id"]],
    }

    [started] = api.ok("POST", "/trigger-invocations/test", body)

    assert started == STARTED | {"id": started["id"], "secret": started["secret"]}


def test_the_printed_errors_are_ours_field_by_field(api, as_key):
    api.subscribe()
    bad = start(api, input={"identityId": 7}).json
    forbidden = start(as_key(Scope.EVENT_LIST)).json

    cause = [MESSAGE | {"text": bad["causes"][0]["text"]}]
    assert bad == BAD | {"trackingId": bad["trackingId"], "causes": cause}
    for error in (bad, forbidden):
        assert re.fullmatch("[0-9a-f]{32}", error["trackingId"])
    assert forbidden.pop("causes")
    assert forbidden == FORBIDDEN | {"trackingId": forbidden["trackingId"]}
    assert list(start(as_key()).json) == ["error"]


def test_an_event_that_a_subscription_did_not_hear_is_told_with_the_reason(api, ports):
    mine = api.subscribe("tell", filter='$[?(@.identityId == "x")]')

    event = a.trigger("tell", recipients=(), payload=INPUT)
    accept([event], ports=ports.of(a.TENANT))
    fan_out(ports.queues.jobs[0], ports=ports.of(a.TENANT))
    ports.clock.advance(1)

    [row] = rows(api)
    error = row["completeInvocationInput"]["localizedError"]["message"]
    assert (row["subscriptionId"], row["subscriptionName"]) == (mine["id"], "mine")
    assert (row["type"], row["completed"]) == ("REAL_TIME", row["created"])
    assert row["startInvocationInput"]["input"] == INPUT
    assert error.startswith("Skipped (filtered_out): The subscription's filter does not match")
    assert rows(api, filters=f'subscriptionId eq "{mine["id"]}"') == [row]
    assert rows(api, filters='subscriptionId eq "other"') == []
