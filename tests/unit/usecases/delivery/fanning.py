"""What fan-out has put on its way."""

from carillon.domain.intake.narrowing import RecipientFilter
from carillon.usecases.delivery.fan_out import fan_out_page
from tests import builders as a


def reached(ports, channel=None):
    """(invocation, subscriber or integration) of every delivery on its way."""
    return sorted(
        (d.invocation, d.subscriber or d.integration)
        for chunk in ports.queues.chunks
        for d in chunk.deliveries
        if channel in {None, chunk.channel} and not d.skip
    )


def run_pages(ports):
    """Work the topic pages off as the queue would, and those they send in turn."""
    while ports.queues.pages:
        fan_out_page(ports.queues.pages.pop(0), ports=ports.of(a.TENANT))


def add_members(ports, topic, ids):
    ports.subscribers.save(a.TENANT, [a.subscriber(id, email=f"{id}@example.com") for id in ids])
    ports.topics.add_members(a.TENANT, topic, ids)


def narrowed(**narrowing):
    return a.invocation("i1", recipients=(), narrowing=RecipientFilter(**narrowing))
