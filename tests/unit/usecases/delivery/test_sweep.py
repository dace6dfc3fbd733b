"""The sweeper: it finds what is due, whatever messages were lost."""

from datetime import timedelta

import pytest

from carillon.domain.base.errors import Unavailable
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.retry_policy import DELAYS
from carillon.domain.delivery.waiting import LONGEST_DELAY
from carillon.usecases.delivery.sweep import sweep
from tests.simulation import Simulation
from tests.unit.usecases.delivery.retrying import HOUR, failing, sent_or_to_be, to, waiting_and_due


def test_the_sweeper_leaves_alone_what_rides_a_queue():
    sim = Simulation(outside=failing(until=timedelta(seconds=1)))
    sim.trigger(to("ana"))
    sim.run(timedelta(seconds=3))

    swept = sweep(ports=sim.ports, time_left=lambda: 60)

    assert swept.deliveries == 0


def test_the_sweeper_tells_how_old_and_how_late_the_worst_is():
    sim = Simulation(outside=failing())
    sim.trigger(to("ana"))
    sim.run(HOUR)
    sim.queues.lose_all()
    sim.clock.advance(10 * 3600)

    swept = sweep(ports=sim.ports, time_left=lambda: 60)

    assert swept.deliveries == 1
    assert swept.oldest_nonterminal == pytest.approx(11 * 3600, abs=1)
    assert 5 * 3600 < swept.overdue < 11 * 3600
    assert sweep(ports=sim.ports, time_left=lambda: 60).deliveries == 0


def test_the_sweeper_finds_all_of_many_pages_and_groups_them():
    count = 5_000
    sim = Simulation(outside=failing(until=timedelta(seconds=30)))
    for n in range(0, count, 100):
        sim.trigger(*(to(f"p{m}") for m in range(n, n + 100)))
    sim.run(timedelta(seconds=3))
    sim.queues.lose_all()
    sim.clock.advance(3600)
    sent = sim.queues.sent

    swept = sweep(ports=sim.ports, time_left=lambda: 60)

    assert swept.deliveries == count
    assert sim.queues.sent - sent < count / 20
    sim.run()
    assert {record.status for record in sent_or_to_be(sim)} == {Status.SENT}


def test_a_sweeper_short_of_time_leaves_the_rest_to_the_next():
    sim = Simulation(outside=failing())
    waiting_and_due(sim)
    sim.clock.advance(3600)

    assert sweep(ports=sim.ports, time_left=lambda: 3).deliveries == 0
    assert sweep(ports=sim.ports, time_left=lambda: 60).deliveries == 1


def test_a_sweep_that_the_queue_refuses_is_done_again():
    sim = Simulation(outside=failing())
    waiting_and_due(sim)
    sim.clock.advance(3600)
    sim.queues.refused = 1.0
    with pytest.raises(Unavailable):
        sweep(ports=sim.ports, time_left=lambda: 60)
    sim.queues.refused = 0.0

    assert sweep(ports=sim.ports, time_left=lambda: 60).deliveries == 1


def test_no_queue_is_asked_for_more_than_it_can_keep_back():
    sim = Simulation(outside=failing())
    sim.trigger(*(to(f"p{n}") for n in range(50)))

    sim.run()  # the queues hold every delay to it

    assert timedelta(seconds=max(DELAYS)) > LONGEST_DELAY
