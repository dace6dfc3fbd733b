"""A subscription's filter, whatever its target."""

from dataclasses import replace

import pytest

from carillon.domain.audience.topics import Topic
from carillon.domain.subscriptions.subscriptions import Target
from carillon.usecases.delivery.fan_out import fan_out, fan_out_page
from tests import builders as a


@pytest.mark.parametrize("kind", [Target.INTEGRATION, Target.TOPIC, Target.SUBSCRIBER])
@pytest.mark.parametrize(("filter", "heard"), [("$.n", True), ("$[?(@.n == 2)]", False)])
def test_a_filter_decides_who_hears_whatever_the_target(kind, filter, heard):
    ports = a.world()
    ports.integrations.put(a.TENANT, a.webhook())
    ports.subscribers.save(a.TENANT, [a.subscriber("ana", email="ana@example.com")])
    ports.topics.put(a.TENANT, Topic(key="team", name="team", created_at=a.NOW, updated_at=a.NOW))
    ports.topics.add_members(a.TENANT, "team", ["ana"])
    target = {Target.INTEGRATION: "int_webhook", Target.TOPIC: "team", Target.SUBSCRIBER: "ana"}
    subscribed = replace(a.subscription(kind, target[kind]), filter=filter)
    ports.subscriptions.put(a.TENANT, subscribed)
    invocation = replace(a.invocation("i1", payload={"n": 1}), recipients=())

    fan_out(a.job(invocation), ports=ports.of(a.TENANT))
    for page in list(ports.queues.pages):
        fan_out_page(page, ports=ports.of(page.tenant))

    assert bool(ports.queues.chunks) is heard
