import json

import pytest

from carillon.domain.delivery.deliveries import Outcome
from carillon.providers.registry import Providers
from local.outbox import replies, vendors
from local.outbox.face import Arrival


def reply(path, body=b"{}"):
    return replies.reply(Arrival(id=7, segments=tuple(path.split("/")[1:]), body=body))


def test_an_incoming_webhook_of_slack_answers_ok_as_text():
    answer = reply("/slack/T0/B0/ana")

    assert (answer.status, answer.body) == (200, b"ok")
    assert answer.headers["content-type"].startswith("text/plain")


def test_the_api_of_slack_answers_with_channel_and_time():
    answer = json.loads(reply("/slack/api/chat.postMessage", b'{"channel":"C1"}').body)

    assert answer["ok"] is True
    assert answer["channel"] == "C1"
    assert answer["ts"]


def test_teams_accepts_and_a_webhook_succeeds():
    assert reply("/msteams/flow/1").status == 202
    assert reply("/webhook/orders").status == 200


@pytest.mark.parametrize("provider", sorted(replies.PROVIDERS))
def test_every_provider_has_a_success(provider):
    assert reply(f"/{provider}/x").status in {200, 201, 202}


def test_a_status_is_answered_on_demand():
    answer = reply("/webhook/status/503/anything")

    assert answer.status == 503
    assert answer.headers["retry-after"] == "1"
    assert reply("/slack/status/404").body == b"channel_not_found"
    assert reply("/webhook/status/410").status == 410


def test_an_answer_takes_its_time_on_demand():
    assert reply("/webhook/slow/20").pause == 20
    assert reply("/webhook/slow/2/status/500").pause == 2
    assert reply("/webhook/slow/2/status/500").status == 500


@pytest.mark.parametrize("path", ["/webhook/status/ok", "/webhook/status/99", "/webhook/slow/nan"])
def test_a_wish_that_makes_no_sense_is_ignored(path):
    assert reply(path).status == 200
    assert reply(path).pause == 0


def test_an_unknown_provider_succeeds():
    assert reply("/anything").status == 200


def test_expo_answers_a_ticket_for_each_message():
    tickets = json.loads(reply("/expo/push", b"[{},{}]").body)["data"]

    assert [ticket["status"] for ticket in tickets] == ["ok", "ok"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/fcm/v1/projects/p/messages:send", b'{"message":{"token":"fail/UNREGISTERED"}}'),
        (
            "/fcm/v1/projects/p/messages:send",
            b'{"message":{"notification":"say fail/UNREGISTERED."}}',
        ),
        ("/fcm/fail/UNREGISTERED", b"{}"),
        ("/fcm/x", b"content=fail%2FUNREGISTERED+now"),
    ],
)
def test_a_failure_is_asked_for_anywhere(path, body):
    answer = reply(path, body)

    assert answer.status == 404
    assert b"UNREGISTERED" in answer.body


@pytest.mark.parametrize(
    "body", [b'{"url":"https://x.example/fail/UNREGISTERED"}', b'{"a":"jail/UNREGISTERED"}', b""]
)
def test_a_path_within_a_text_asks_for_nothing(body):
    assert reply("/fcm/v1/projects/p/messages:send", body).status == 200


def test_a_status_and_a_pause_are_asked_for_in_the_body_too():
    answer = reply("/expo/x", b'{"body":"status/503 and slow/2"}')

    assert (answer.status, answer.pause) == (503, 2)


def test_a_failure_that_the_service_does_not_have_is_answered_with_those_it_has():
    answer = reply("/discord/fail/pigeon")

    assert answer.status == 400
    assert b"10015" in answer.body


SENDERS = [
    id for id in Providers().ids() if id not in {"eventbridge-endpoint", "ses", "smtp", "sns"}
]


@pytest.mark.parametrize("provider", SENDERS)
def test_the_provider_takes_the_faces_success_for_sent(provider):
    answer = reply(f"/{provider}/x", b'{"uids":["u"],"message":{"id":"m","_id":"m"}}')
    headers = {**answer.headers, "apprise-notified": "yes"}  # as the way out would add

    result = Providers().get(provider).classify(answer.status, headers, answer.body)

    assert result.outcome is Outcome.SENT


FAILURES = [(p, code) for p in SENDERS for code in replies.face(p).FAILURES]


@pytest.mark.parametrize(("provider", "code"), FAILURES)
def test_the_provider_never_takes_a_faces_failure_for_sent(provider, code):
    for path in (f"/{provider}/fail/{code}", f"/{provider}/api/fail/{code}"):
        answer = reply(path)

        result = Providers().get(provider).classify(answer.status, answer.headers, answer.body)

        assert result.outcome is not Outcome.SENT
        assert result.code != "unreadable_answer"


def test_a_service_with_a_fixed_address_is_played():
    assert vendors.stand_ins("http://here")["fcm.googleapis.com"] == "http://here/fcm"
