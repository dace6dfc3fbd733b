"""A chunk of chat messages as fan-out makes it, and its delivery."""

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unfinished
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out
from tests import builders as a

PLENTY = 60.0


def chat_chunk(ports, count=3, **fields):
    """A chunk of Slack messages to `count` people, as fan-out makes it."""
    people = [a.person(f"p{n:02}", channels=(a.slack_address(f"p{n:02}"),)) for n in range(count)]
    fan_out(
        a.job(*(a.invocation(f"i{p.id}", p, **fields) for p in people)), ports=ports.of(a.TENANT)
    )
    [chunk] = [chunk for chunk in ports.queues.chunks if chunk.channel is Channel.CHAT]
    return chunk


def attempt(chunk, ports, time_left=PLENTY):
    """Deliver once; whether the chunk is finished."""
    try:
        deliver(chunk, ports=ports.of(chunk.tenant), time_left=lambda: time_left)
    except Unfinished:
        return False
    return True


def record(chunk, ports):
    [recorded] = [kept for place, kept in ports.chunks.records.items() if place[1:] == chunk.key]
    return sorted(recorded.values(), key=lambda one: one.subscriber or "")


def urls(ports):
    return sorted(request.url.rpartition("/")[2] for request in ports.egress.requests)
