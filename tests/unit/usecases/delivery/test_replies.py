"""Replies of endpoints: how each completes its dispatch, by what its listener asked for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.domain.base.errors import Unavailable
from carillon.domain.delivery.deliveries import Delivery, EventDetails, Outcome, Result
from carillon.domain.subscriptions.subscriptions import AnswerMode, Listener
from carillon.usecases.delivery import replies
from tests import builders as a

DETAILS = EventDetails(event="welcome", accepted_at=a.NOW)
ASKING = a.event_type(output_schema={"type": "object", "required": ["ok"]})
NO_OBJECT = "The subscriber did not answer with a JSON object"


def delivery(mode=None, listener=True):
    heard_by = Listener(subscription="sub_1", name="Mine", mode=mode) if listener else None
    return Delivery(
        id="dlv_1",
        invocation="i1",
        integration="int_1",
        provider="http-endpoint",
        address={},
        listener=heard_by,
    )


def reply(answer=None, status=200):
    return Result(outcome=Outcome.SENT, http_status=status, answer=answer)


@pytest.fixture
def ports():
    return a.world().of(a.TENANT)


@pytest.mark.parametrize(
    ("mode", "answered", "expected"),
    [
        (None, reply(), (None, "")),
        (None, reply({"ok": 1}), (None, "")),
        (AnswerMode.SYNC, reply({"ok": 1}), ({"ok": 1}, "")),
        (AnswerMode.SYNC, reply({"ok": 1}, status=202), ({"ok": 1}, "")),
        (AnswerMode.SYNC, reply(), (None, NO_OBJECT)),
        (AnswerMode.ASYNC, reply({"ok": 1}), None),
        (AnswerMode.DYNAMIC, reply(status=202), None),
        (AnswerMode.DYNAMIC, reply({"ok": 1}), ({"ok": 1}, "")),
        (AnswerMode.DYNAMIC, reply(), (None, NO_OBJECT)),
    ],
)
def test_a_reply_completes_what_is_not_answered_later(ports, mode, answered, expected):
    assert replies.completion(mode, answered, ASKING, ports=ports) == expected


@pytest.mark.parametrize("mode", [None, *AnswerMode])
def test_without_a_reply_the_error_has_its_code(ports, mode):
    output, error = replies.completion(mode, None, ASKING, code="http_503", ports=ports)

    assert output is None
    assert error.endswith("http_503")


def test_an_answer_that_breaks_the_schema_is_an_error_with_its_path(ports):
    output, error = replies.completion(AnswerMode.SYNC, reply({}), ASKING, ports=ports)

    assert output is None
    assert error.startswith("output")


def test_an_answer_has_a_limit_whatever_its_schema(ports):
    huge = {"text": "x" * 70_000}

    assert replies.completion(AnswerMode.SYNC, reply(huge), None, ports=ports)[0] is None
    assert replies.problems_of({"text": "x"}, None, ports=ports) == []


def test_a_delivery_that_no_endpoint_hears_has_no_dispatch(ports):
    silent = delivery(listener=False)

    replies.expect([silent], {"i1": DETAILS}, ports=ports)

    assert replies.dispatch_of(silent, DETAILS, tenant=a.TENANT, now=a.NOW) is None
    assert ports.dispatches.newest(10) == []
    assert replies.completed(silent, DETAILS, reply(), ASKING, code="", ports=ports) is None


@pytest.mark.parametrize(("mode", "waits"), [(None, False), (AnswerMode.ASYNC, True)])
def test_a_dispatch_waits_where_an_answer_is_asked_for(ports, mode, waits):
    replies.expect([delivery(mode)], {"i1": DETAILS}, ports=ports)

    [dispatch] = ports.dispatches.newest(10)
    assert (dispatch.subscription, dispatch.subscription_name) == ("sub_1", "Mine")
    assert dispatch.waits is waits
    assert dispatch.answer_by == (a.NOW + timedelta(hours=1) if waits else None)


def test_a_dispatch_is_not_expected_of_an_invocation_that_is_gone(ports):
    replies.expect([delivery()], {}, ports=ports)

    assert ports.dispatches.newest(10) == []


def test_a_completed_dispatch_is_written_over_the_expected_one(ports):
    replies.expect([delivery(AnswerMode.SYNC)], {"i1": DETAILS}, ports=ports)

    done = replies.completed(
        delivery(AnswerMode.SYNC), DETAILS, reply({"ok": 1}), ASKING, code="", ports=ports
    )
    replies.complete([done], ports=ports)

    [dispatch] = ports.dispatches.newest(10)
    assert (dispatch.output, dispatch.completed_at) == ({"ok": 1}, a.NOW)


def test_what_cannot_be_completed_now_costs_no_record(ports, caplog):
    class Down:
        def complete(self, _):
            raise Unavailable("DynamoDB is not available")

    replies.complete([], ports=replace(ports, dispatches=Down()))

    assert "dispatches are left open" in caplog.text
