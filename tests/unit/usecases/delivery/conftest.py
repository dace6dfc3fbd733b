"""People and a webhook that subscribe."""

from dataclasses import replace

import pytest

from carillon.domain.subscriptions.subscriptions import Target
from tests import builders as a


@pytest.fixture
def subscribed():
    """Ana, Ben and a webhook hear of every `welcome`, Zoe's topic in staging alone."""
    ports = a.world()
    people = [
        a.subscriber("ana", email="ana@example.com", channels=(a.slack_address("ana"),)),
        a.subscriber("ben", email="ben@example.com", data={"city": "Rome"}),
        a.subscriber("zoe", email="zoe@example.com"),
    ]
    ports.subscribers.save(a.TENANT, people)
    ports.integrations.put(a.TENANT, a.webhook())
    ports.topics.add_members(a.TENANT, "staging", ["zoe"])
    everyone = a.subscription(Target.SUBSCRIBER, "ana", "ben")
    hook = a.subscription(Target.INTEGRATION, "int_webhook")
    staging = replace(a.subscription(Target.TOPIC, "staging"), environments=("staging",))
    for subscription in (everyone, hook, staging):
        ports.subscriptions.put(a.TENANT, subscription)
    return ports
