"""Circuits: a broken service is probed, not hammered, and disabled in the end."""

from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unavailable
from carillon.domain.delivery.deliveries import Outcome, Result, Status
from carillon.domain.delivery.transport import NoAnswer, Response
from carillon.usecases.delivery.circuits import OPENS_AFTER
from carillon.usecases.delivery.fan_out import fan_out
from carillon.usecases.tenancy.announce import ENDPOINT_DISABLED, INTEGRATION_HELD
from tests import builders as a
from tests import fakes
from tests.unit.usecases.delivery.slack_chunks import (
    BY_BOT,
    Slack,
    after_retries,
    attempt,
    chunk_for,
    members,
    refusal,
    world,
)


def circuit(ports, id="int_slack"):
    return ports.integrations.get(a.TENANT, id).circuit


def test_a_refused_credential_opens_the_circuit_for_the_tenant_to_see():
    ports = world(Slack(refusal("token_revoked")), settings=BY_BOT)

    [one] = attempt(ports, chunk_for(ports, "one", *members(1)))

    assert (one.status, one.outcome) == (Status.RETRYING, Outcome.CONFIG)
    opened = circuit(ports)
    assert (opened.code, opened.http_status) == ("token_revoked", 200)
    assert opened.probe_at == ports.clock.now() + timedelta(minutes=1)


def test_behind_an_open_circuit_messages_wait_and_use_up_no_attempt():
    slack = Slack(refusal("token_revoked"))
    ports = world(slack, settings=BY_BOT)
    attempt(ports, chunk_for(ports, "one", *members(1)))
    sent = len(ports.egress.requests)

    waiting = attempt(ports, chunk_for(ports, "two", *members(3)))

    assert len(ports.egress.requests) == sent
    assert {(one.status, one.code, one.attempts) for one in waiting} == {
        (Status.RETRYING, "circuit_open", 0)
    }

    slack.answer = None
    assert {one.record.status for one in after_retries(ports)} == {Status.SENT}
    assert circuit(ports) is None


def test_one_message_a_minute_probes_and_one_only():
    ports = world(Slack(refusal("token_revoked")), settings=BY_BOT)
    attempt(ports, chunk_for(ports, "one", *members(1)))
    ports.clock.advance(61)
    sent = len(ports.egress.requests)

    probed = attempt(ports, chunk_for(ports, "two", *members(25)))
    attempt(ports, chunk_for(ports, "three", *members(2)))

    assert len(ports.egress.requests) == sent + 1
    assert [one.code for one in probed].count("token_revoked") == 1
    assert circuit(ports).probe_at == ports.clock.now() + timedelta(minutes=1)


def test_a_probe_loses_nothing():
    slack = Slack(refusal("token_revoked"))
    ports = world(slack, settings=BY_BOT)
    attempt(ports, chunk_for(ports, "one", *members(1)))
    for n in range(5):
        ports.clock.advance(61)
        attempt(ports, chunk_for(ports, f"probe{n}", *members(1)))
    assert len(ports.egress.requests) > 3

    slack.answer = None
    ports.clock.advance(4_000)

    assert {one.record.status for one in after_retries(ports)} == {Status.SENT}


def test_its_tenant_is_told_once_of_a_credential_that_is_refused():
    ports = world(Slack(refusal("token_revoked")), settings=BY_BOT)

    for n in range(3):
        attempt(ports, chunk_for(ports, f"n{n}", *members(2)))

    [event] = announced(ports, INTEGRATION_HELD)
    assert (event.payload["identifier"], event.payload["code"]) == ("slack", "token_revoked")


def test_its_tenant_is_told_at_once_of_a_signature_that_is_refused():
    ports = webhook_world(lambda _: Response(status=401))

    post(ports, "one")

    [event] = announced(ports, INTEGRATION_HELD)
    assert (event.payload["integration"], event.payload["code"]) == ("int_webhook", "http_401")
    assert circuit(ports, "int_webhook").disabled_at is None


def test_of_two_workers_with_the_same_view_one_probes():
    ports = world(Slack(refusal("token_revoked")), settings=BY_BOT)
    attempt(ports, chunk_for(ports, "one", *members(1)))
    ports.clock.advance(61)
    stale = Stale(ports.integrations)
    first, second = chunk_for(ports, "two", *members(1)), chunk_for(ports, "three", *members(2))
    sent = len(ports.egress.requests)

    attempt(replace(ports, integrations=stale), first)
    attempt(replace(ports, integrations=stale), second)

    assert len(ports.egress.requests) == sent + 1


def test_most_of_a_chunk_is_spared_a_refusal_that_is_known():
    ports = world(Slack(refusal("invalid_auth")), settings=BY_BOT)

    record = attempt(ports, chunk_for(ports, "one", *members(25)))

    assert len(ports.egress.requests) <= 15  # ten threads had begun
    assert {one.code for one in record} == {"invalid_auth", "circuit_open"}


def test_a_change_by_the_tenant_closes_the_circuit_at_once():
    slack = Slack(refusal("token_revoked"))
    ports = world(slack, settings=BY_BOT)
    attempt(ports, chunk_for(ports, "one", *members(1)))

    ports.integrations.put(
        a.TENANT,
        a.integration("slack", Channel.CHAT, settings={"bot_token": "xoxb-2"}, version=2),
    )
    slack.answer = None
    [one] = attempt(ports, chunk_for(ports, "two", *members(1)))

    assert one.status is Status.SENT


def test_a_worker_that_has_not_seen_a_change_does_not_open_the_new_circuit():
    ports = world(Slack(refusal("token_revoked")), settings=BY_BOT)
    chunk = chunk_for(ports, "one", *members(1))
    stale = Stale(ports.integrations)
    ports.integrations.put(
        a.TENANT,
        a.integration("slack", Channel.CHAT, settings={"bot_token": "xoxb-2"}, version=2),
    )

    attempt(replace(ports, integrations=stale), chunk)

    assert circuit(ports) is None


@pytest.mark.parametrize(
    "answer",
    [
        Response(status=403, body=b"action_prohibited"),
        NoAnswer(Result(outcome=Outcome.CONFIG, code="address_not_allowed")),
    ],
)
def test_a_webhook_of_one_person_speaks_for_itself_only(answer):
    ports = world(Slack(answer))

    [one] = attempt(ports, chunk_for(ports, "one", a.slack_address("closed")))

    assert one.outcome is Outcome.CONFIG
    assert circuit(ports) is None


def test_one_refusal_among_messages_that_arrive_opens_nothing():
    arrived = Event()

    def slack(request):
        if b"U01" in request.body:
            assert arrived.wait(timeout=10)  # else it would hold back those behind it
            return refusal("not_in_channel")
        arrived.set()
        return Response(status=200, body=b'{"ok":true}')

    ports = world(slack, settings=BY_BOT)

    record = attempt(ports, chunk_for(ports, "one", *members(9)))

    assert circuit(ports) is None
    assert [one.status for one in record].count(Status.SENT) == 8


def webhook_world(answer):
    ports = a.world(egress=fakes.Egress(answer))
    ports.integrations.put(a.TENANT, a.webhook())
    ports.subscriptions.put(a.TENANT, a.subscription(a.Target.INTEGRATION, "int_webhook"))
    return ports


def post(ports, id):
    """One event to the webhook, attempted once."""
    ports.queues.chunks.clear()
    fan_out(a.job(a.invocation(id), id=id), ports=ports.of(a.TENANT))
    return [attempt(ports, c) for c in ports.queues.chunks if c.channel is Channel.WEBHOOK]


def announced(ports, event=ENDPOINT_DISABLED):
    return [i for job in ports.queues.jobs for i in job.invocations if i.event == event]


def test_an_endpoint_that_is_gone_is_disabled_at_once_and_its_tenant_is_told():
    ports = webhook_world(lambda _: Response(status=410))

    post(ports, "one")

    assert circuit(ports, "int_webhook").http_status == 410
    assert circuit(ports, "int_webhook").disabled_at == ports.clock.now()
    [event] = announced(ports)
    assert event.payload["integration"] == "int_webhook"
    assert event.payload["http_status"] == 410
    assert post(ports, "two") == []
    assert len(ports.egress.requests) == 1


def test_a_disabled_endpoint_works_again_once_its_tenant_has_changed_it():
    ports = webhook_world(lambda _: Response(status=410))
    post(ports, "one")

    ports.integrations.put(a.TENANT, a.webhook(version=2))

    assert len(post(ports, "two")) == 1


def test_an_endpoint_that_fails_for_five_days_is_disabled_and_told_once():
    ports = webhook_world(lambda _: Response(status=500))
    began = ports.clock.now()
    while ports.clock.now() - began < timedelta(days=6):
        post(ports, f"at {ports.clock.now()}")
        ports.clock.advance(3_600)

    disabled = circuit(ports, "int_webhook")
    assert timedelta(days=5) <= disabled.disabled_at - began < timedelta(days=5, hours=2)
    assert disabled.failures >= 20
    assert len(announced(ports)) == 1


def test_an_endpoint_that_failed_rarely_is_not_disabled_however_long_ago_that_was():
    ports = webhook_world(lambda _: Response(status=500))
    for n in range(19):
        post(ports, f"n{n}")
        ports.clock.advance(24 * 3_600)

    assert circuit(ports, "int_webhook").disabled_at is None


def test_nothing_is_disabled_until_it_could_be_told():
    ports = webhook_world(lambda _: Response(status=410))
    fan_out(a.job(), ports=ports.of(a.TENANT))
    [chunk] = [c for c in ports.queues.chunks if c.channel is Channel.WEBHOOK]

    ports.queues.refuse_next = 1
    attempt(ports, chunk)

    assert circuit(ports, "int_webhook") is None
    post(ports, "two")
    assert circuit(ports, "int_webhook").disabled_at
    assert len(announced(ports)) == 1


@pytest.mark.parametrize(
    "answer", [Response(status=503), NoAnswer(Result(outcome=Outcome.UNSURE, code="x"))]
)
def test_a_service_that_fails_ten_times_in_a_row_is_probed_from_then_on(answer):
    ports = world(Slack(answer), settings=BY_BOT)
    attempt(ports, chunk_for(ports, "one", *members(9)))
    assert circuit(ports).opened_at is None
    assert circuit(ports).failures == 9

    attempt(ports, chunk_for(ports, "two", *members(1)))

    assert circuit(ports).opened_at == ports.clock.now()
    held = attempt(ports, chunk_for(ports, "three", *members(2)))
    assert {(one.code, one.attempts) for one in held} == {("circuit_open", 0)}
    assert len(ports.egress.requests) == 10


def test_a_success_in_between_begins_the_count_anew():
    slack = Slack(Response(status=503))
    ports = world(slack, settings=BY_BOT)
    attempt(ports, chunk_for(ports, "one", *members(9)))
    slack.answer = None
    attempt(ports, chunk_for(ports, "two", *members(1)))
    assert circuit(ports) is None

    slack.answer = Response(status=503)
    attempt(ports, chunk_for(ports, "three", *members(9)))

    assert circuit(ports).opened_at is None


def test_one_persons_webhook_that_fails_holds_back_nobody():
    ports = world(Slack(Response(status=503)))

    attempt(ports, chunk_for(ports, "one", *(a.slack_address(f"x{n}") for n in range(25))))

    assert circuit(ports) is None


def test_a_bug_of_ours_opens_nothing():
    def bug(_):
        raise ZeroDivisionError

    ports = world(bug, settings=BY_BOT)

    attempt(ports, chunk_for(ports, "one", *members(25)))

    assert circuit(ports) is None
    assert len(ports.egress.requests) == 25


def test_a_circuit_that_cannot_be_written_costs_the_account_nothing():
    ports = world(Slack(refusal("token_revoked")), settings=BY_BOT)
    chunk = chunk_for(ports, "one", *members(1))

    [one] = attempt(replace(ports, integrations=CannotSwitch(ports.integrations)), chunk)

    assert one.outcome is Outcome.CONFIG


class CannotSwitch:
    def __init__(self, integrations):
        self.all = integrations.all

    def switch(self, *_):
        raise Unavailable("DynamoDB is not available")


class Stale:
    """What a worker read within the last minute."""

    def __init__(self, integrations):
        read = {tenant: integrations.all(tenant) for tenant in (a.TENANT,)}
        self.all = read.__getitem__
        self.switch = integrations.switch


@pytest.mark.parametrize(
    "code", ["not_in_channel", "channel_not_found", "is_archived", "restricted_action"]
)
def test_a_refusal_of_one_place_holds_back_nobody(code):
    class OnePlaceIsClosed(Slack):
        def __call__(self, request):
            return refusal(code) if b"U00" in request.body else super().__call__(request)

    ports = world(OnePlaceIsClosed(), settings=BY_BOT)

    first, *others = attempt(ports, chunk_for(ports, "one", *members(21)))

    assert (first.outcome, first.code) == (Outcome.CONFIG, code)
    assert {one.status for one in others} == {Status.SENT}
    assert circuit(ports) is None


def test_one_address_that_keeps_failing_opens_nothing_however_often():
    ports = world(Slack(Response(status=503)), settings=BY_BOT)

    for n in range(2 * OPENS_AFTER):
        attempt(ports, chunk_for(ports, f"e{n}", *members(1)))

    assert circuit(ports).failures == 2 * OPENS_AFTER
    assert circuit(ports).opened_at is None
