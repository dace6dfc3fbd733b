"""Cancelling and replaying as an admin asks for it."""

import pytest

from carillon.domain.activity.replays import Replayed
from carillon.domain.delivery.deliveries import DeliveryRecord, Outcome, Status
from functions.admin.replays.app import handler as replays
from tests import builders as a
from tests import gateway


@pytest.fixture
def accepted(ports, acme):
    ports.invocations.record(a.job(a.invocation("i1")))


def test_a_replay_says_where_to_follow_it(acme, ports, accepted):
    answer = acme("POST", "/replays", {"invocation": "i1"})

    assert answer.status == 202
    assert answer.json["replay_of"] == "i1"
    [sent] = ports.queues.replays
    assert sent.target == answer.json["invocation"]
    assert set(sent.statuses) == {
        Status.FAILED,
        Status.EXHAUSTED,
        Status.EXPIRED,
        Status.CANCELLED,
    }


def test_a_replay_can_name_deliveries_and_statuses(acme, ports, accepted):
    acme("POST", "/replays", {"invocation": "i1", "deliveries": ["d1"], "statuses": ["sent"]})

    [sent] = ports.queues.replays
    assert (sent.deliveries, sent.statuses) == (("d1",), (Status.SENT,))


@pytest.mark.parametrize(
    ("asked", "targets"),
    [
        ([("k1", "failed"), ("k1", "failed")], 1),
        ([("k1", "failed"), ("k2", "failed")], 1),
        ([("k1", "failed"), ("k1", "sent")], 2),  # a key reused by mistake
        ([(None, "failed"), (None, "failed")], 1),
    ],
)
def test_the_same_replay_is_one_whatever_its_idempotency_key(acme, ports, accepted, asked, targets):
    for key, status in asked:
        headers = {"authorization": f"Bearer {acme.key}"}
        headers |= {"idempotency-key": key} if key else {}
        body = {"invocation": "i1", "statuses": [status]}
        assert gateway.call(replays, "POST", "/", body, **headers).status == 202

    assert len({sent.target for sent in ports.queues.replays}) == targets


@pytest.mark.parametrize(("keys", "targets"), [(("k", "k"), 1), (("k", "l"), 2), ((None, None), 2)])
def test_a_replay_that_is_to_be_repeated_is_a_new_one(acme, ports, accepted, keys, targets):
    body = {"invocation": "i1", "repeat": True}
    for key in keys:
        headers = {"authorization": f"Bearer {acme.key}"}
        headers |= {"idempotency-key": key} if key else {}
        assert gateway.call(replays, "POST", "/", body, **headers).status == 202

    assert len({sent.target for sent in ports.queues.replays}) == targets
    assert all(sent.repeat for sent in ports.queues.replays)


def test_a_delivery_that_was_replayed_says_by_which_invocation(acme, ports, accepted):
    made = Replayed(replay="r", invocation="rpl_1", at=a.NOW, deliveries=("d9",))
    ports.replays.claim("acme", "i1", {"d1": made}, again=False)
    known = {
        id: DeliveryRecord(
            delivery=id,
            invocation="i1",
            integration="int_1",
            provider="slack",
            status=Status.FAILED,
            outcome=Outcome.BAD,
            attempts=1,
            at=a.NOW,
        )
        for id in ("d1", "d2")
    }
    ports.chunks.records["acme", "job1", 0, "chat.1"] = known

    shown = acme.ok("GET", "/invocations/i1/deliveries")["items"]

    assert {one["delivery"]: one["replayed_by"] for one in shown} == {"d1": "rpl_1", "d2": None}
    again = acme("POST", "/replays", {"invocation": "i1", "deliveries": ["d1"]})
    assert again.json["invocation"].startswith("rpl_")
    assert ports.queues.replays == []


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, ""),
        ({"invocation": "i1", "from": "2026-01-01"}, ""),
        ({"invocation": "i1", "event_type": "welcome"}, ""),
        ({"from": "2026-01-01", "deliveries": ["d1"]}, ""),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-01-02", "to": "2026-01-01"}, "from"),
        ({"from": "2025-01-01"}, "from"),
        ({"invocation": "i1", "statuses": []}, "statuses"),
        ({"invocation": "i1", "statuses": ["lost"]}, "statuses.0"),
        ({"invocation": "i1", "deliveries": ["d"] * 101}, "deliveries"),
        ({"invocation": "i1", "surprise": 1}, "surprise"),
    ],
)
def test_a_replay_that_makes_no_sense_is_refused(acme, ports, accepted, body, path):
    assert path in acme.problems("POST", "/replays", body)
    assert ports.queues.replays == []


def test_a_span_of_time_is_replayed(acme, ports, accepted):
    asked = {"from": "2025-12-31T12:00:00Z", "to": "2026-01-01T12:00:00Z", "event_type": "welcome"}

    answer = acme("POST", "/replays", asked)

    assert (answer.status, answer.json["invocation"]) == (202, None)
    [sent] = ports.queues.replays
    assert (sent.since.day, sent.upto.accepted_at.hour, sent.event) == (31, 12, "welcome")


def test_another_tenants_invocation_is_absent(globex, ports, accepted):
    assert globex("POST", "/replays", {"invocation": "i1"}).status == 404
    assert globex("POST", "/invocations/i1/cancel").status == 404
    assert ports.queues.replays == []
    assert ports.invocations.cancelled(a.TENANT, ["i1"]) == frozenset()


def test_a_replay_that_cannot_be_queued_may_be_asked_again(acme, ports, accepted):
    ports.queues.refuse_next = 1

    assert acme("POST", "/replays", {"invocation": "i1"}).status == 503


def test_cancelling_answers_with_the_invocation_as_it_is_now(acme, ports, accepted):
    answer = acme.ok("POST", "/invocations/i1/cancel")

    assert answer["id"] == "i1"
    assert ports.invocations.cancelled(a.TENANT, ["i1"]) == {"i1"}
    assert acme.ok("POST", "/invocations/i1/cancel")["id"] == "i1"


def test_what_is_not_there_cannot_be_cancelled(acme):
    assert acme("POST", "/invocations/none/cancel").status == 404
