"""A chunk of Slack messages, its attempts and what waits after them."""

from contextlib import suppress

from carillon.domain.audience.addresses import ChannelAddress
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Unfinished
from carillon.domain.delivery.transport import Response
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out
from carillon.usecases.delivery.retry import retry
from tests import builders as a
from tests import fakes

OK = Response(status=200, body=b"ok")


BY_BOT = {"bot_token": "xoxb-1"}


class Slack:
    """Answers as told; `refusing` is how it treats the bot's token."""

    def __init__(self, answer=None):
        self.answer = answer

    def __call__(self, request):
        if self.answer:
            return self.answer
        return OK if "hooks" in request.url else Response(status=200, body=b'{"ok":true}')


def refusal(code):
    return Response(status=200, body=f'{{"ok":false,"error":"{code}"}}'.encode())


def world(slack, **integration):
    ports = a.world(egress=fakes.Egress(slack))
    ports.integrations.put(a.TENANT, a.integration("slack", Channel.CHAT, **integration))
    return ports


def chunk_for(ports, id, *addresses, first=0):
    """A chunk of one Slack message to each address, of one person each; `first` is their number."""
    people = [
        a.person(f"p{n:02}", channels=(address,)) for n, address in enumerate(addresses, first)
    ]
    ports.queues.chunks.clear()
    fan_out(a.job(*(a.invocation(id + p.id, p) for p in people), id=id), ports=ports.of(a.TENANT))
    [chunk] = [chunk for chunk in ports.queues.chunks if chunk.channel is Channel.CHAT]
    return chunk


def members(count):
    return [ChannelAddress(provider="slack", channel=f"U{n:02}") for n in range(count)]


def attempt(ports, chunk):
    """The account after one attempt, by status."""
    with suppress(Unfinished):
        deliver(chunk, ports=ports.of(chunk.tenant), time_left=lambda: 60.0)
    [recorded] = [kept for place, kept in ports.chunks.records.items() if place[1:] == chunk.key]
    return sorted(recorded.values(), key=lambda one: one.subscriber or "")


def after_retries(ports):
    """What waits, once the retries that are on their way have been given to a worker."""
    retries, ports.queues.retries = ports.queues.retries, []
    ports.clock.advance(max((each.delay for each in retries), default=0))
    for each in retries:
        with suppress(Unfinished):
            retry(each, ports=ports.of(each.tenant), time_left=lambda: 60.0)
    return list(ports.waiting.by_key.values())
