"""Simulated services that fail for a while, and messages to them."""

from datetime import timedelta
from itertools import pairwise

from carillon.domain.base.channels import Channel
from carillon.domain.delivery.transport import Response
from carillon.domain.delivery.waiting import Retry
from tests import builders as a
from tests import fakes

HOUR = timedelta(hours=1)


OK = Response(status=200, body=b"ok")


def failing(status=503, *, until=None, **headers):
    """A provider that fails until then (or for ever)."""

    def outside(_request, now):
        if until is None or now < fakes.START + until:
            return Response(status=status, headers=headers)
        return OK

    return outside


def to(name, **fields):
    fields = {"transaction_id": f"to-{name}"} | fields  # chance comes from the ids
    return a.trigger("welcome", a.person(name, channels=(a.slack_address(name),)), **fields)


def times(sim):
    """Seconds between one attempt and the next."""
    at = [sent.at for sent in sim.sent]
    return [(later - earlier).total_seconds() for earlier, later in pairwise(at)]


def one(sim):
    """The record of what was sent, by the one channel that there is an address for."""
    [record] = sent_or_to_be(sim)
    return record


def sent_or_to_be(sim):
    return [record for record in sim.records().values() if not record.skip]


def waiting_and_due(sim):
    """The one delivery that waits, at the moment when it is due."""
    sim.trigger(to("ana"))
    sim.run(timedelta(seconds=3))
    sim.queues.lose_all()
    [waiting] = sim.fakes.waiting.by_key.values()
    sim.clock.set(waiting.record.next_attempt_at)
    return waiting, Retry(tenant=a.TENANT, channel=Channel.CHAT, deliveries=(waiting.key,))


def push_world(**overrides):
    ports = a.world(**overrides)
    ports.event_types.save(
        a.TENANT, a.event_type(media={Channel.PUSH: True}, version=2), expected=1
    )
    ports.templates.put(a.TENANT, a.template(medium=Channel.PUSH))
    ports.integrations.put(a.TENANT, a.integration("expo", Channel.PUSH))
    return ports


def to_device(name):
    address = a.ChannelAddress(provider="expo", device_tokens=(f"ExponentPushToken[{name}]",))
    return a.trigger("welcome", a.person(name, channels=(address,)))
