"""What fails is tried again on time, by whichever way, and always comes to an end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unfinished
from carillon.domain.delivery.deliveries import Outcome, Status
from carillon.domain.delivery.retry_policy import DELAYS, MAX_ATTEMPTS
from carillon.domain.delivery.waiting import MOST_HOPS, Retry
from carillon.usecases.delivery.retry import retry
from tests import builders as a
from tests import fakes
from tests.simulation import Simulation
from tests.unit.usecases.delivery.retrying import (
    HOUR,
    failing,
    one,
    push_world,
    sent_or_to_be,
    times,
    to,
    to_device,
    waiting_and_due,
)


def test_a_delivery_that_never_succeeds_is_tried_twelve_times_over_three_days():
    sim = Simulation(outside=failing())
    sim.trigger(to("ana"))

    sim.run()

    assert one(sim).status is Status.EXHAUSTED
    assert one(sim).attempts == len(one(sim).history) == MAX_ATTEMPTS
    assert 73.7 < sum(times(sim)) / 3600 < 76
    # A queue and a sweeper each add a little to what chance has added.
    for waited, base in zip(times(sim), DELAYS, strict=True):
        assert base <= waited <= base + min(max(5, base / 2), 900) + 62


def test_what_heals_is_sent_and_its_history_says_all():
    sim = Simulation(outside=failing(until=3 * HOUR))
    sim.trigger(to("ana"))

    sim.run()

    record = one(sim)
    assert record.status is Status.SENT
    assert [each.outcome for each in record.history] == [
        *[Outcome.RETRY] * (record.attempts - 1),
        Outcome.SENT,
    ]
    assert [each.at for each in record.history] == sorted(each.at for each in record.history)
    assert {each.code for each in record.history} == {"http_503", ""}


@pytest.mark.parametrize("wish", [60, 1_800, 20_000])
def test_retry_after_is_obeyed(wish):
    sim = Simulation(outside=failing(429, until=timedelta(seconds=1), **{"retry-after": str(wish)}))
    sim.trigger(to("ana"))

    sim.run()

    assert one(sim).status is Status.SENT
    assert wish <= times(sim)[0] <= wish + 962


def test_a_push_is_given_up_when_it_is_late():
    sim = Simulation(outside=failing(), world=push_world)
    sim.trigger(to_device("ana"))

    sim.run()

    assert one(sim).status is Status.EXPIRED
    assert sim.clock.now() - fakes.START < timedelta(hours=4)


def test_a_lost_message_is_replaced_by_the_sweeper():
    sim = Simulation(outside=failing(until=timedelta(seconds=1)))
    sim.trigger(to("ana"))
    sim.run(timedelta(seconds=3))
    sim.queues.lose_all()

    sim.run()

    assert one(sim).status is Status.SENT
    assert times(sim)[0] < 12 * 60


def test_a_retry_that_comes_too_early_or_twice_sends_nothing():
    sim = Simulation(outside=failing(until=timedelta(seconds=1)))
    sim.trigger(to("ana"))
    sim.run(timedelta(seconds=3))
    [waiting] = sim.fakes.waiting.by_key.values()
    message = Retry(tenant=a.TENANT, channel=Channel.CHAT, deliveries=(waiting.key,))

    retry(message, ports=sim.ports.of(message.tenant), time_left=lambda: 60)
    assert len(sim.sent) == 1
    sim.run()
    retry(message, ports=sim.ports.of(message.tenant), time_left=lambda: 60)

    assert len(sim.sent) == 2


def test_what_another_worker_has_comes_again():
    sim = Simulation(outside=failing(until=timedelta(seconds=1)))
    waiting, message = waiting_and_due(sim)
    sim.fakes.waiting.claim([waiting], sim.clock.now())

    with pytest.raises(Unfinished):
        retry(message, ports=sim.ports.of(message.tenant), time_left=lambda: 60)
    assert len(sim.sent) == 1

    sim.clock.advance(91)
    retry(message, ports=sim.ports.of(message.tenant), time_left=lambda: 60)
    assert len(sim.sent) == 2


def test_a_worker_short_of_time_gives_it_back_without_an_attempt():
    sim = Simulation(outside=failing(until=timedelta(seconds=1)))
    _, message = waiting_and_due(sim)
    left = iter([60])

    with pytest.raises(Unfinished):
        retry(message, ports=sim.ports.of(message.tenant), time_left=lambda: next(left, 0))

    assert len(sim.sent) == 1
    assert one(sim).attempts == 1
    retry(message, ports=sim.ports.of(message.tenant), time_left=lambda: 60)
    assert one(sim).status is Status.SENT


def test_past_the_hop_limit_a_retry_is_left_to_the_sweeper():
    sim = Simulation(outside=failing(until=timedelta(minutes=1)))
    _, message = waiting_and_due(sim)
    sent = sim.queues.sent

    retry(replace(message, hops=MOST_HOPS), ports=sim.ports.of(a.TENANT), time_left=lambda: 60)
    assert sim.queues.sent == sent

    sim.run()
    assert one(sim).status is Status.SENT


def test_a_queue_that_is_down_costs_a_retry_only_time():
    sim = Simulation(outside=failing(until=timedelta(seconds=1)))
    sim.trigger(to("ana"))
    sim.run(timedelta(seconds=1))
    sim.queues.refused = 1.0
    sim.run(timedelta(seconds=10))
    sim.queues.refused = 0.0

    sim.run()

    assert one(sim).status is Status.SENT


def test_an_invocation_that_is_gone_is_not_sent_any_more():
    sim = Simulation(outside=failing(until=timedelta(seconds=1)))
    _, message = waiting_and_due(sim)
    sim.fakes.invocations.by_id.clear()

    retry(message, ports=sim.ports.of(message.tenant), time_left=lambda: 60)

    assert one(sim).status is Status.CANCELLED


def test_a_storm_of_500s_heals_and_nobody_is_trampled():
    count = 1_000
    sim = Simulation(outside=failing(500, until=HOUR))
    for n in range(0, count, 100):
        sim.trigger(*(to(f"p{m}") for m in range(n, n + 100)))

    sim.run()

    records = sent_or_to_be(sim)
    assert [record.status for record in records] == [Status.SENT] * count
    for number in range(3, max(record.attempts for record in records)):
        seconds = [
            int((record.history[number].at - fakes.START).total_seconds())
            for record in records
            if record.attempts > number
        ]
        assert max(map(seconds.count, set(seconds))) <= max(0.03 * count, 1)
