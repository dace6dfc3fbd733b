"""An hour in which everything fails, for many at once."""

from collections import Counter
from datetime import timedelta

import pytest

from carillon.domain.audience.addresses import ChannelAddress
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.transport import Response
from tests import builders as a
from tests import fakes
from tests.crash.scenario import BULK, EVENTS, OK
from tests.simulation import Simulation

# Enough that chance alone brings no second near the share that is allowed below.
DELIVERIES = min(max(3 * EVENTS, 1_500), 10_000)
HOUR = timedelta(hours=1)


def stormy(_request, now):
    return Response(status=500) if now < fakes.START + HOUR else OK


def own_webhook(name):
    """An address that fails for itself: it keeps to the schedule."""
    return a.slack_address(name)


def bots_channel(name):
    """One of many behind one credential, whose circuit opens."""
    return ChannelAddress(provider="slack", channel=f"U{name}")


def bots_world(**overrides):
    ports = a.world(**overrides)
    ports.integrations.put(
        a.TENANT, a.integration("slack", Channel.CHAT, settings={"bot_token": "xoxb"})
    )
    return ports


@pytest.mark.parametrize(("address", "world"), [(own_webhook, a.world), (bots_channel, bots_world)])
def test_a_storm_of_an_hour_heals_and_nobody_is_trampled(address, world):
    def outside(request, now):
        answer = stormy(request, now)
        return answer if answer is not OK else Response(status=200, body=b'{"ok":true}')

    sim = Simulation(outside=outside if world is bots_world else stormy, world=world)
    for n in range(0, DELIVERIES, BULK):
        sim.trigger(
            *(
                a.trigger(
                    "welcome",
                    a.person(f"p{m}", channels=(address(f"p{m}"),)),
                    transaction_id=f"tx{m}",
                )
                for m in range(n, n + BULK)
            )
        )

    sim.run()

    records = [record for record in sim.records().values() if not record.skip]
    assert [record.status for record in records] == [Status.SENT] * DELIVERIES
    assert len(sim.records()) == 2 * DELIVERIES  # each has no address for mails, on record
    third_retry = 3
    seconds = Counter(
        (number, int(attempt.at.timestamp()))
        for record in records
        for number, attempt in enumerate(record.history)
        if number >= third_retry
    )
    assert max(seconds.values(), default=0) <= 0.03 * DELIVERIES
    assert sim.clock.now() - fakes.START < timedelta(hours=6)
    if world is bots_world:  # probed once a minute, not hammered
        failed = sum(not sent.accepted for sent in sim.sent)
        assert failed < 2 * 60 + 3 * BULK
