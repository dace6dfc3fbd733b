"""POST integrations:test: 204 when the target took it, else what it said, and where to mend it."""

import json
from dataclasses import replace

import pytest

from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.transport import NoAnswer, Response
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.limits import Limits
from carillon.usecases.trying.send_test import DEADLINE
from tests import canaries, gateway
from tests.unit.confluent.conftest import Api, basic, integration

TEST = "/integrations:test"
TEAMS = "https://prod-1.westeurope.logic.azure.com/workflows/x"


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ({"kind": "Slack", "webhook_url": canaries.SLACK_URL}, b"ok"),
        ({"kind": "SlackTarget", "webhook_url": canaries.SLACK_URL}, b"ok"),
        ({"kind": "MsTeams", "webhook_url": TEAMS}, b""),
        ({"kind": "MsTeamsTarget", "webhook_url": TEAMS}, b""),
        ({"kind": "Webhook", "url": canaries.WEBHOOK_URL}, b"anything"),
        ({"kind": "WebhookTarget", "url": canaries.WEBHOOK_URL}, b"{}"),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_a_target_that_takes_it_is_a_204_and_nothing_is_saved(
    acme, ports, answering, target, answer
):
    _, url = target.values()
    egress = answering(Response(status=200, body=answer))
    before = ports.integrations.all("acme")

    answered = acme("POST", TEST, {"display_name": "On call", "target": target})

    assert (answered.status, answered.text) == (204, "")
    assert [request.url for request in egress.requests] == [url]
    assert egress.deadlines == [DEADLINE]
    assert ports.integrations.all("acme") == before


def test_a_webhook_is_sent_a_notice(acme, answering, webhook):
    egress = answering(Response(status=200))

    acme.ok("POST", TEST, webhook)

    notice = json.loads(egress.requests[0].body)
    assert set(notice) == {"id", "title", "message", "created_at"}
    assert notice["title"] == "Test notification"
    assert "On call" in notice["message"]


def test_teams_is_sent_a_card_and_slack_blocks(acme, answering, slack):
    egress = answering(Response(status=200, body=b"ok"), Response(status=202))

    acme.ok("POST", TEST, slack)
    acme.ok("POST", TEST, integration("MsTeams", webhook_url=TEAMS))

    blocks, card = (json.loads(request.body) for request in egress.requests)
    assert "Test notification" in blocks["text"]
    assert card["attachments"][0]["content"]["body"][0]["text"] == "Test notification"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Response(status=404, body=b"no_service"), "The target answered 404: no_service"),
        (Response(status=500, body=b"rollup_error\n"), "The target answered 500: rollup_error"),
        (Response(status=200, body=b"<html>hi</html>"), "The target answered 200: <html>hi</html>"),
        (Response(status=302, body=b""), "The target answered 302"),
        (
            Response(status=429, headers={"retry-after": "30"}, body=b"rate_limited"),
            "The target answered 429; it asks to wait 30 s: rate_limited",
        ),
        (
            NoAnswer(Result(outcome=Outcome.UNSURE, code="no_answer")),
            "The target did not answer within 8 seconds",
        ),
        (
            NoAnswer(Result(outcome=Outcome.CONFIG, code="address_not_allowed")),
            "The target's address is not allowed",
        ),
        (
            NoAnswer(Result(outcome=Outcome.RETRY, code="connect_failed", detail="no way")),
            "The target could not be reached (connect_failed): no way",
        ),
    ],
)
def test_a_target_that_does_not_is_a_400_that_says_why(acme, answering, slack, answer, words):
    answering(answer)

    error = acme.refused(400, "POST", TEST, slack)

    assert error["detail"] == words
    assert error["source"] == {"pointer": "/target/webhook_url"}
    assert error["code"] == "target_failed"


def test_the_pointer_names_the_field_of_the_kind(acme, answering, webhook):
    answering(Response(status=410))

    assert acme.refused(400, "POST", TEST, webhook)["source"] == {"pointer": "/target/url"}


def test_a_long_answer_is_told_in_short(acme, answering, webhook):
    answering(Response(status=500, body=b"x" * 60_000))

    assert len(acme.refused(400, "POST", TEST, webhook)["detail"]) < 300


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"display_name": None}, "/display_name"),
        ({"display_name": "x" * 65}, "/display_name"),
        ({"description": "x" * 129}, "/description"),
        ({"target": None}, "/target"),
        ({"target": []}, "/target"),
        ({"target": {}}, "/target/kind"),
        ({"target": {"kind": 7}}, "/target/kind"),
        ({"target": {"kind": "Pager", "url": "https://x.example"}}, "/target/kind"),
        ({"target": {"kind": "RoleEmail", "role_name": "OrganizationAdmin"}}, "/target/kind"),
        ({"target": {"kind": "UserEmail", "user": {"id": "u-1"}}}, "/target/kind"),
        ({"target": {"kind": "InApp", "user": {"id": "u-1"}}}, "/target/kind"),
        ({"target": {"kind": "Webhook"}}, "/target/url"),
        ({"target": {"kind": "Webhook", "webhook_url": "https://x.example"}}, "/target/url"),
        ({"target": {"kind": "Slack", "url": "https://x.example"}}, "/target/webhook_url"),
        ({"target": {"kind": "Slack", "webhook_url": "http://x.example"}}, "/target/webhook_url"),
        ({"target": {"kind": "Webhook", "url": "ftp://x.example"}}, "/target/url"),
        ({"target": {"kind": "Webhook", "url": "https://u:p@x.example"}}, "/target/url"),
        ({"target": {"kind": "Webhook", "url": ""}}, "/target/url"),
    ],
)
def test_what_cannot_be_tested_is_a_400_that_asks_nobody(acme, ports, slack, change, pointer):
    body = {name: value for name, value in (slack | change).items() if value is not None}

    error = acme.refused(400, "POST", TEST, body)

    assert error["source"] == {"pointer": pointer}
    assert not ports.egress.requests


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', "null", "\x00"])
def test_what_is_no_object_is_a_400(acme, body):
    acme.refused(400, "POST", TEST, body)


def test_all_that_is_wrong_is_said_at_once_each_with_an_id_of_its_own(acme):
    answer = acme("POST", TEST, {"display_name": 5, "target": {"kind": "Pager"}})

    errors = answer.json["errors"]
    assert [e["source"]["pointer"] for e in errors] == ["/display_name", "/target/kind"]
    assert len({error["id"] for error in errors}) == 2


def test_a_saved_integration_is_tested_with_its_own_signature(acme, ports, answering, webhook):
    saved = acme.ok("POST", "/integrations", webhook)
    secret = ports.integrations.get("acme", saved["id"]).settings["secret"]
    egress = answering(Response(status=200))

    acme.ok("POST", TEST, webhook | {"id": saved["id"]})

    from standardwebhooks.webhooks import Webhook  # noqa: PLC0415

    headers = dict(egress.requests[0].headers)
    timestamp = int(headers["webhook-timestamp"])
    signed = Webhook(secret).sign(
        headers["webhook-id"],
        ports.clock.now().fromtimestamp(timestamp, ports.clock.now().tzinfo),
        egress.requests[0].body.decode(),
    )
    assert headers["webhook-signature"] == signed


@pytest.mark.parametrize("id", ["", None])
def test_an_empty_id_is_none(acme, answering, webhook, id):
    answering(Response(status=200))

    acme.ok("POST", TEST, webhook | {"id": id})


def test_the_test_of_an_unknown_or_foreign_integration_is_a_404(acme, globex, webhook):
    theirs = globex.ok("POST", "/integrations", webhook)["id"]

    unknown = acme.refused(404, "POST", TEST, webhook | {"id": "i-1"})
    foreign = acme.refused(404, "POST", TEST, webhook | {"id": theirs})

    assert unknown["title"] == foreign["title"] == "Not Found"
    assert "code" not in unknown
    assert unknown["detail"].replace("i-1", "") == foreign["detail"].replace(theirs, "")


def test_a_key_that_may_not_configure_is_a_403_that_terraform_does_not_take_for_gone(ports, slack):
    key = gateway.issue_key(ports, "acme", Scope.EVENT_TRIGGER)

    error = Api(basic(key)).refused(403, "POST", TEST, slack)

    assert "invalid API key" in error["detail"]
    assert error["code"] == "user_unauthorized"


def test_too_many_calls_are_a_429_without_a_body(acme, ports, slack):
    with gateway.using(ports, Limits({Category.GLOBAL: 1}, clock=lambda: 0.0)):
        answers = [acme("POST", TEST, slack) for _ in range(6)]

    limited = answers[-1]
    assert [answer.status for answer in answers] == [204] * 5 + [429]
    assert limited.text == ""
    assert limited.headers["retry-after"] == "1"
    assert limited.headers["x-ratelimit-limit"] == "5"
    assert limited.headers["x-ratelimit-remaining"] == "0"
    assert limited.headers["x-ratelimit-reset"] == "1"
    assert limited.headers["x-request-id"]


def test_a_fault_of_ours_is_a_500_that_tells_nothing(acme, ports, slack):
    with gateway.using(replace(ports, providers=None)):
        error = acme.refused(500, "POST", TEST, slack)

    assert canaries.MARK not in json.dumps(error)
    assert "NoneType" not in json.dumps(error)


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:1/nobody", "https://[::1]/", "https://localhost/"]
)
def test_a_target_inside_is_refused_before_it_is_asked(acme, answering, url):
    egress = answering(Response(status=200))
    target = {"kind": "Webhook", "url": url}

    error = acme.refused(400, "POST", TEST, {"display_name": "On call", "target": target})

    assert error["source"] == {"pointer": "/target/url"}
    assert error["detail"] == "target.url: must not name a host outside the public internet"
    assert egress.requests == []
