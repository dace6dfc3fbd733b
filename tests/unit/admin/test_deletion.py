"""Tenants, as the operator deletes them."""

import json
from types import SimpleNamespace

import pytest

from carillon.adapters.delivery import messages
from carillon.domain.activity.dead_letters import describe
from carillon.domain.activity.replays import Replay, ReplayRange
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Status
from carillon.domain.tenancy.access import Deletion, Scope
from functions.workers.deliver_email.app import handler as deliver_email
from functions.workers.fan_out.app import handler as fan_out
from tests import builders as a
from tests import fakes, gateway

CONTEXT = SimpleNamespace(
    aws_request_id="r", function_name="f", get_remaining_time_in_millis=lambda: 60_000
)


@pytest.fixture
def ports():
    with gateway.using(a.world()) as ports:
        yield ports


def give(handler, message):
    """Hand a message to its worker; whether it is to come again."""
    record = {
        "messageId": "m1",
        "body": messages.encode(message),
        "attributes": {},
        "eventSource": "aws:sqs",
    }
    return bool(handler({"Records": [record]}, CONTEXT)["batchItemFailures"])


def work(ports):
    """Give every message that waits to its worker, until none does."""
    queues = ports.queues
    while waiting := [*queues.jobs, *queues.pages, *queues.replays, *queues.deletions]:
        for queue in (queues.jobs, queues.pages, queues.replays, queues.deletions):
            queue.clear()
        for message in waiting:
            assert not give(fan_out, message)


def fill(acme):
    acme.ok("POST", "/subscribers", {"subscribers": [{"id": "ana", "email": "a@acme.example"}]})
    acme.ok("POST", "/topics", {"topics": [{"key": "t", "members": ["ana"]}]})
    acme.ok("POST", "/contexts", {"identifier": "c"})


def test_a_deleted_tenant_is_switched_off_at_once(operator, acme, ports):
    answer = operator("DELETE", "/tenants/acme")

    assert answer.status == 202
    assert answer.json["active"] is False
    assert answer.json["deleting_since"] == "2026-01-01T00:00:00Z"
    assert operator.ok("GET", "/tenants/acme") == answer.json
    assert acme("GET", "/keys").status == 401
    assert ports.queues.deletions == [Deletion(tenant="acme")]


def test_a_deleted_tenant_is_gone_with_all_it_had(operator, acme, ports):
    fill(acme)
    operator("DELETE", "/tenants/acme")

    work(ports)

    assert ports.tenant_data.left("acme") == []
    assert operator("GET", "/tenants/acme").status == 404
    assert operator("DELETE", "/tenants/acme").status == 404
    assert [t["id"] for t in operator.ok("GET", "/tenants")["items"]] == []
    assert acme("GET", "/keys").status == 401


def test_another_tenant_keeps_all_it_has(operator, acme, globex, ports):
    fill(acme)
    fill(globex)
    before = ports.tenant_data.left("globex")
    operator("DELETE", "/tenants/acme")

    work(ports)

    assert ports.tenant_data.left("globex") == before
    assert globex.ok("GET", "/topics/t")["key"] == "t"
    assert [t["id"] for t in operator.ok("GET", "/tenants")["items"]] == ["globex"]


def test_deleting_again_gives_the_same_answer_and_sends_it_once_more(operator, acme, ports):
    first = operator("DELETE", "/tenants/acme")
    ports.clock.advance(60)

    second = operator("DELETE", "/tenants/acme")

    assert (second.status, second.json) == (202, first.json)
    assert len(ports.queues.deletions) == 2
    work(ports)
    assert operator("GET", "/tenants/acme").status == 404


def test_a_deletion_that_the_queue_did_not_take_can_be_asked_for_again(operator, acme, ports):
    ports.queues.refuse_next = 1

    assert operator("DELETE", "/tenants/acme").status == 503
    assert acme("GET", "/keys").status == 401
    assert operator("DELETE", "/tenants/acme").status == 202


def test_only_the_operator_deletes_a_tenant_and_only_one_there_is(operator, acme):
    assert acme("DELETE", "/tenants/acme").status == 401
    assert operator("DELETE", "/tenants/nobody").status == 404
    assert acme.ok("GET", "/keys")["items"]


@pytest.mark.parametrize("changes", [{"active": True}, {"name": "Another"}])
def test_a_tenant_that_is_being_deleted_cannot_be_changed(operator, acme, changes):
    before = operator("DELETE", "/tenants/acme").json

    assert operator("PATCH", "/tenants/acme", changes).status == 409
    key = {"name": "Recovery", "scopes": ["admin"]}
    assert operator("POST", "/tenants/acme/keys", key).status == 409
    assert operator.ok("GET", "/tenants/acme") == before


def test_a_deleted_tenants_id_is_not_given_again(operator, acme, ports):
    body = {"id": "acme", "name": "Another"}
    operator("DELETE", "/tenants/acme")
    assert operator("POST", "/tenants", body).status == 409

    work(ports)

    assert operator("POST", "/tenants", body).status == 409
    assert operator("GET", "/tenants/acme").status == 404


def chunk_of_a_mail(ports):
    ports.queues.jobs.append(a.job())
    work(ports)
    [chunk] = [c for c in ports.queues.chunks if c.channel is Channel.EMAIL]
    return chunk


def test_what_is_queued_of_a_deleted_tenant_is_not_sent_and_leaves_nothing(operator, ports):
    gateway.issue_key(ports, "acme", *Scope)
    chunk = chunk_of_a_mail(ports)
    operator("DELETE", "/tenants/acme")

    assert not give(deliver_email, chunk)
    work(ports)
    assert not give(deliver_email, chunk)

    assert ports.egress.requests == []
    assert ports.tenant_data.left("acme") == []


@pytest.mark.parametrize(
    "late",
    [
        Replay(id="r", tenant="acme", accepted_at=a.NOW, invocation="i1", statuses=(Status.SENT,)),
        ReplayRange(
            id="r", tenant="acme", accepted_at=a.NOW, since=a.NOW, upto=(a.NOW, ""), statuses=()
        ),
        a.job(a.invocation("i2"), id="job2"),
        Deletion(tenant="acme", place=7),
    ],
)
def test_a_message_that_is_late_finds_nothing_and_leaves_nothing(operator, ports, late):
    chunk_of_a_mail(ports)
    operator("DELETE", "/tenants/acme")
    work(ports)
    ports.queues.chunks.clear()

    assert not give(fan_out, late)

    assert ports.tenant_data.left("acme") == []
    assert ports.queues.chunks == []


def test_a_job_that_broke_off_before_takes_what_it_left_with_it(operator, ports):
    job = a.job()
    ports.invocations.record(job)
    operator("DELETE", "/tenants/acme")
    work(ports)
    assert ports.tenant_data.left("acme") != []

    assert not give(fan_out, job)

    assert ports.tenant_data.left("acme") == []


def test_a_deletions_step_for_a_tenant_that_lives_does_nothing(ports):
    before = ports.tenant_data.left("acme")

    assert not give(fan_out, Deletion(tenant="acme"))

    assert ports.tenant_data.left("acme") == before
    assert ports.queues.deletions == []


def test_a_deletion_among_dead_letters_says_what_it_is():
    letter = describe(
        Deletion(tenant="acme"),
        id="l",
        queue="email",
        group="acme",
        receives=5,
        sent_at=fakes.START,
        problem=None,
    )

    assert (letter.kind, letter.tenant) == ("deletion", "acme")
    assert letter.problem == "This queue carries chunks and retries"
    assert json.loads(messages.encode(Deletion(tenant="acme")))["kind"] == "deletion"
