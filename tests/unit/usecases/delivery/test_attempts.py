"""What stops a chunk while it is being sent."""

from collections import Counter
from dataclasses import replace

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unavailable
from carillon.domain.delivery.deliveries import Status
from carillon.domain.delivery.transport import Response
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out
from tests import builders as a
from tests import fakes
from tests.simulation.stack import inline_senders

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
    [records] = ports.chunks.records.values()
    return ports, Counter((one.status, one.code) for one in records.values())


def test_a_tenant_that_is_switched_off_is_sent_nothing_more_of_a_chunk():
    def switch_off(ports):
        ports.tenants.save(replace(ports.tenants.get(a.TENANT), active=False))

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
    assert sum(n for (status, _), n in ends.items() if status.final) == SENT_BEFORE
