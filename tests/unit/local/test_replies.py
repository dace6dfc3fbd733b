import json

import pytest

from local.outbox import replies
from local.outbox.replies import Arrival


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
