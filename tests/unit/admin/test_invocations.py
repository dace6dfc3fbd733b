"""What became of an invocation."""

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Chunk, DeliveryRecord, Outcome, Status
from carillon.domain.delivery.skips import SkipReason
from tests import builders as a


@pytest.fixture
def attempted(ports, acme):
    """Record an invocation whose deliveries stand at these statuses."""

    def record(*statuses, invocation="i1"):
        job = a.job(a.invocation(invocation))
        ports.invocations.record(job)
        ports.invocations.enlist(job, {invocation: len(statuses)}, ranges=1)
        chunk = Chunk(
            id="chunk-1",
            tenant=a.TENANT,
            job="job1",
            channel=Channel.EMAIL,
            range=0,
            details={},
            deliveries=(),
        )
        ports.chunks.claim(chunk, "me", a.NOW)
        ports.chunks.record(
            chunk,
            "me",
            {f"d{n}": delivery_record(f"d{n}", s, invocation) for n, s in enumerate(statuses)},
        )

    return record


def delivery_record(id, status, invocation):
    return DeliveryRecord(
        delivery=id,
        invocation=invocation,
        integration="int_ses",
        provider="ses",
        status=status,
        outcome=Outcome.SENT if status is Status.SENT else Outcome.RETRY,
        attempts=1,
        at=a.NOW,
        subscriber="ana",
        http_status=200,
        message_id="m1",
        code=SkipReason.MUTED if status is Status.SKIPPED else "",
        detail="told to administrators",
        address={"email": "ana@example.com"},
        excerpt="taken",
        latency=0.25,
    )


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], "completed"),
        (["skipped"], "completed"),
        (["sent", "skipped"], "sent"),
        (["failed", "skipped"], "failed"),
        (["sent", "sent"], "sent"),
        (["sent", "retrying", "failed"], "processing"),
        (["sent", "failed"], "partially_failed"),
        (["sent", "suppressed"], "partially_failed"),
        (["failed", "exhausted"], "failed"),
    ],
)
def test_an_invocations_status_comes_from_its_deliveries(acme, attempted, statuses, expected):
    attempted(*map(Status, statuses))

    invocation = acme.ok("GET", "/invocations/i1")

    assert invocation == {
        "correlation_id": None,
        "id": "i1",
        "event_type": "welcome",
        "application": "default/default",
        "accepted_at": "2026-01-01T00:00:00Z",
        "paused": False,
        "replay_of": None,
        "status": expected,
        "progress": {"recipients": 1, "deliveries": len(statuses), "complete": True},
        "deliveries": {status: statuses.count(status) for status in set(statuses)},
        "skipped": {"muted": 1} if "skipped" in statuses else {},
    }


def test_deliveries_are_listed_page_by_page(acme, attempted):
    attempted(Status.SENT, Status.SENT, Status.FAILED)

    first = acme.ok("GET", "/invocations/i1/deliveries", limit="2")
    second = acme.ok("GET", "/invocations/i1/deliveries", cursor=first["next_cursor"])

    assert [d["delivery"] for d in first["items"] + second["items"]] == ["d0", "d1", "d2"]
    assert first["items"][0] == {
        "delivery": "d0",
        "invocation": "i1",
        "subscriber": "ana",
        "channel": None,
        "integration": "int_ses",
        "provider": "ses",
        "status": "sent",
        "outcome": "sent",
        "attempts": 1,
        "code": "",
        "reason": None,
        "explanation": "",
        "detail": "told to administrators",
        "address": {"email": "a***@example.com"},
        "answer": "taken",
        "latency": 0.25,
        "http_status": 200,
        "message_id": "m1",
        "at": "2026-01-01T00:00:00Z",
        "next_attempt_at": None,
        "replay_of": None,
        "replayed_by": None,
        "warnings": [],
        "history": [
            {
                "at": "2026-01-01T00:00:00Z",
                "outcome": "sent",
                "code": "",
                "http_status": 200,
                "integration": "int_ses",
            }
        ],
    }


def test_another_tenants_invocation_is_not_there(acme, globex, attempted):
    attempted(Status.SENT)

    assert globex("GET", "/invocations/i1").status == 404
    assert globex("GET", "/invocations/i1/deliveries").status == 404
    assert acme("GET", "/invocations/i2").status == 404
