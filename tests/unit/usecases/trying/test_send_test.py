"""A test goes by the real provider and is answered at once, whatever the target does."""

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome, Result
from carillon.domain.delivery.excerpts import EXCERPT
from carillon.domain.delivery.transport import NoAnswer, Response
from carillon.usecases.trying.send_test import DEADLINE, send_test
from tests import builders as a
from tests import fakes

SLACK = a.integration("slack", Channel.CHAT)
ADDRESS = {"webhook_url": "https://hooks.slack.com/services/T0/B0/x"}


def tried(answer, text="A test"):
    ports = a.world(egress=fakes.Egress([answer]))
    message = Message(
        id="t", tenant="acme", event="test", occurred_at=a.NOW, attempted_at=a.NOW, text=text
    )
    return send_test(SLACK, message, address=ADDRESS, ports=ports.of(a.TENANT)), ports


def test_what_the_target_took_is_sent():
    tested, ports = tried(Response(status=200, body=b"ok"))

    assert tested.sent
    assert tested.excerpt == "ok"
    assert b"A test" in ports.egress.requests[0].body


def test_what_the_target_said_is_told_in_short():
    tested, _ = tried(Response(status=404, body=b"no_service" + b"x" * 5000))

    assert not tested.sent
    assert tested.result.http_status == 404
    assert tested.excerpt.startswith("no_service")
    assert len(tested.excerpt) == EXCERPT


def test_a_target_that_does_not_answer_is_no_error_of_ours():
    tested, _ = tried(NoAnswer(Result(outcome=Outcome.RETRY, code="timeout")))

    assert not tested.sent
    assert tested.result.code == "timeout"


def test_nobody_waits_for_longer_than_the_deadline():
    _, ports = tried(Response(status=200, body=b"ok"))

    assert ports.egress.deadlines == [DEADLINE]


def test_a_message_that_cannot_be_sent_asks_nobody():
    tested, ports = tried(Response(status=200, body=b"ok"), text="")

    assert tested.result.outcome is Outcome.BAD
    assert not ports.egress.requests
