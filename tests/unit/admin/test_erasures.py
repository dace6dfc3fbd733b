"""Subscribers, as a tenant deletes them through the admin API, and the end of what is stored."""

from types import SimpleNamespace

import pytest

from carillon.adapters.delivery import messages
from carillon.domain.activity.dead_letters import Kind, describe
from carillon.domain.audience.erasures import ErasureStep
from functions.workers.fan_out.app import handler as fan_out
from tests import builders as a
from tests import fakes, gateway

CONTEXT = SimpleNamespace(
    aws_request_id="r", function_name="f", get_remaining_time_in_millis=lambda: 60_000
)
STEP = ErasureStep(tenant=a.TENANT, subscriber="ana", at=fakes.START)


@pytest.fixture
def ports():
    with gateway.using(a.world()) as ports:
        yield ports


def give(step):
    """Hand a step to its worker, as its queue does."""
    record = {
        "messageId": "m1",
        "body": messages.encode(step),
        "attributes": {},
        "eventSource": "aws:sqs",
    }
    assert fan_out({"Records": [record]}, CONTEXT)["batchItemFailures"] == []


def test_a_deletion_says_how_far_it_is(ports, acme):
    ports.subscribers.save(a.TENANT, [a.subscriber("ana")])
    assert acme("GET", "/subscribers/ana/erasure").status == 404

    assert acme("DELETE", "/subscribers/ana").status == 204

    begun = acme.ok("GET", "/subscribers/ana/erasure")
    assert begun == {
        "subscriber": "ana",
        "deleted_at": "2026-01-01T00:00:00Z",
        "status": "erasing",
        "erased_at": None,
    }
    assert acme("GET", "/subscribers/ana").status == 404
    assert acme("DELETE", "/subscribers/ana").status == 404
    ports.clock.advance(330)
    while ports.queues.erasures:
        give(ports.queues.erasures.pop(0))
    done = acme.ok("GET", "/subscribers/ana/erasure")
    assert (done["status"], done["erased_at"]) == ("erased", "2026-01-01T00:05:30Z")


def test_a_step_that_its_worker_gives_up_is_shown_as_what_it_is():
    letter = describe(
        STEP,
        id="m1",
        queue="fan_out",
        group=a.TENANT,
        receives=5,
        sent_at=fakes.START,
        problem=None,
    )

    assert (letter.kind, letter.tenant, letter.problem) == (Kind.ERASURE, a.TENANT, None)


def test_a_step_for_a_tenant_that_is_gone_leaves_nothing(ports):
    ports.tenants.bury(a.TENANT)

    give(STEP)

    assert ports.queues.erasures == []
