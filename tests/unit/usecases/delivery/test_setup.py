"""The set-up of a step: read once, and new parts of it in time."""

from dataclasses import replace

from carillon.domain.base.channels import Channel
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out
from tests import builders as a
from tests import fakes


def test_an_integration_that_is_newer_than_what_is_remembered_is_reached():
    ports = a.world(egress=fakes.Egress())
    own = ports.of(a.TENANT)
    remembering = replace(own, integrations=fakes.WarmIntegrations(own.integrations))
    ports.integrations.put(a.TENANT, a.webhook("int_new"))
    ports.subscriptions.put(a.TENANT, a.subscription(a.Target.INTEGRATION, "int_new"))

    fan_out(a.job(), ports=remembering)
    [chunk] = [c for c in ports.queues.chunks if c.channel is Channel.WEBHOOK]
    deliver(chunk, ports=remembering, time_left=lambda: 60.0)

    assert len(ports.egress.requests) == 1
