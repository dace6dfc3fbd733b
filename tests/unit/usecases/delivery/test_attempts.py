"""A turn of each delivery: ended unsent, or attempted and recorded by its answer."""

from collections import Counter
from dataclasses import replace

import pytest

from carillon.domain.audience.addresses import ChannelAddress
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unavailable, Unfinished
from carillon.domain.delivery.deliveries import Outcome, Result, Status
from carillon.domain.delivery.transport import NoAnswer, Response
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out
from tests import builders as a
from tests import fakes
from tests.simulation import Simulation
from tests.simulation.stack import inline_senders
from tests.unit.usecases.delivery import slack_chunks
from tests.unit.usecases.delivery.chat_chunks import PLENTY, attempt, chat_chunk, record
from tests.unit.usecases.delivery.retrying import one, push_world, to_device


@pytest.mark.parametrize(
    ("answer", "status", "outcome"),
    [
        (Response(status=410), Status.FAILED, Outcome.DEAD),
        (Response(status=403), Status.RETRYING, Outcome.CONFIG),
        (Response(status=413), Status.FAILED, Outcome.BAD),
        (Response(status=429), Status.RETRYING, Outcome.RETRY),
        (NoAnswer(Result(outcome=Outcome.UNSURE, code="x")), Status.RETRYING, Outcome.UNSURE),
    ],
)
def test_every_answer_has_its_consequence(answer, status, outcome):
    ports = a.world(egress=fakes.Egress(lambda _: answer))
    chunk = chat_chunk(ports, 1)

    attempt(chunk, ports)

    [one] = record(chunk, ports)
    assert (one.status, one.outcome) == (status, outcome)


def test_a_worker_that_runs_out_of_time_records_what_it_sent_and_gives_the_rest_back():
    ports = a.world()
    chunk = chat_chunk(ports, 25)
    left = iter([PLENTY] * 6)  # to start with, and for five sends

    with pytest.raises(Unfinished):
        deliver(chunk, ports=ports.of(chunk.tenant), time_left=lambda: next(left, 0.0))

    assert len(record(chunk, ports)) == len(ports.egress.requests) == 5
    assert attempt(chunk, ports)
    assert len(ports.egress.requests) == 25


@pytest.mark.parametrize(
    ("code", "address", "outcome"),
    [
        ("name_not_found", a.slack_address("x"), Outcome.CONFIG),
        ("name_not_found", ChannelAddress(provider="slack", channel="C1"), Outcome.CONFIG),
        ("tls_failed", a.slack_address("x"), Outcome.CONFIG),
        ("connect_failed", a.slack_address("x"), Outcome.RETRY),
    ],
)
def test_what_does_not_pass_by_itself_is_believed_the_third_time(code, address, outcome):
    ports = slack_chunks.world(
        slack_chunks.Slack(NoAnswer(Result(outcome=Outcome.RETRY, code=code))),
        settings=slack_chunks.BY_BOT,
    )
    slack_chunks.attempt(ports, slack_chunks.chunk_for(ports, "one", address))
    slack_chunks.after_retries(ports)
    [waiting] = slack_chunks.after_retries(ports)

    seen = [one.outcome for one in waiting.record.history]
    assert seen == [Outcome.RETRY, Outcome.RETRY, outcome]


def test_a_push_that_waited_too_long_in_a_queue_is_not_sent_at_all():
    sim = Simulation(world=push_world)
    sim.trigger(to_device("ana"))
    sim.clock.advance(5 * 3600)

    sim.run()

    assert (one(sim).status, one(sim).code, sim.sent) == (Status.EXPIRED, "too_late", [])


SENT_BEFORE = 3
PEOPLE = [a.person(f"p{n:02}", channels=(a.slack_address(f"p{n:02}"),)) for n in range(25)]


def sent_until(happens):
    """A chunk of 25 is sent, and after the third send something happens."""

    def answer(_):
        if len(ports.egress.requests) == SENT_BEFORE:
            happens(ports)
        return Response(status=200, body=b"ok")

    ports = a.world(egress=fakes.Egress(answer))
    fan_out(a.job(a.invocation("i1", *PEOPLE)), ports=ports.of(a.TENANT))
    [chunk] = [each for each in ports.queues.chunks if each.channel is Channel.CHAT]
    with inline_senders():
        deliver(chunk, ports=ports.of(a.TENANT), time_left=lambda: 60.0)
    records = [one for some in ports.chunks.records.values() for one in some.values()]
    chat = [one for one in records if one.channel is Channel.CHAT]
    return ports, Counter((one.status, one.code) for one in chat)


def test_a_tenant_that_is_switched_off_is_sent_nothing_more_of_a_chunk():
    def switch_off(ports):
        ports.tenants.put(replace(ports.tenants.get(a.TENANT), active=False))

    ports, ends = sent_until(switch_off)

    assert len(ports.egress.requests) == SENT_BEFORE
    assert ends[Status.CANCELLED, "tenant_inactive"] == len(PEOPLE) - SENT_BEFORE


def test_what_was_sent_is_recorded_although_the_tenant_cannot_be_read_any_more():
    def lose(ports):
        def get(_):
            raise Unavailable("DynamoDB says: not now")

        ports.tenants.get = get

    _, ends = sent_until(lose)

    assert ends.total() == len(PEOPLE)
    assert sum(n for (status, _), n in ends.items() if status is Status.SENT) == SENT_BEFORE
    assert ends[Status.RETRYING, "store_unavailable"] == len(PEOPLE) - SENT_BEFORE
