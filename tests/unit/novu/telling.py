"""Events that have been delivered, for those who read what became of them."""

from typing import Any

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.templates import InApp
from carillon.domain.delivery.transport import Request, Response, SesRequest
from carillon.usecases.delivery.deliver import deliver
from carillon.usecases.delivery.fan_out import fan_out
from carillon.usecases.intake.trigger import accept
from tests import builders as a
from tests import fakes

SHOWN = InApp(
    avatar="https://x.example/a.png",
    url="https://x.example/{{ number }}",
    primary="Look",
    secondary="Later",
)
MEDIA = {Channel.EMAIL: True, Channel.CHAT: True, Channel.IN_APP: True}


def outside(request: Request) -> Response:
    """Mail is taken; of chats, those that are named so are gone or busy."""
    if isinstance(request, SesRequest):
        return Response(status=200, body=b'{"MessageId":"m-1"}')
    url = getattr(request, "url", "")
    if "gone" in url:
        return Response(status=403, body=b"invalid_token")
    if "busy" in url:
        return Response(status=503)
    return Response(status=200, body=b"ok")


def world() -> fakes.World:
    """`note` in the app alone, `all` by mail, chat and in the app."""
    ports = a.world(egress=fakes.Egress(outside))
    for slug, media in (("note", {Channel.IN_APP: True}), ("all", MEDIA)):
        ports.event_types.save(a.TENANT, a.event_type(slug, media=media), expected=None)
        for medium in media:
            words: dict[str, Any] = {"body": "It is {{ number }}.", "in_app": SHOWN}
            ports.templates.put(a.TENANT, a.template(slug, medium, **words))
    return ports


def tell(
    ports: fakes.World, transaction: str, *people: str, event: str = "note", number: int = 7
) -> None:
    """Trigger an event for people, whose ids say where their chat is, and deliver it."""
    recipients = [
        a.person(id, email=f"{id}@x.example", channels=(a.slack_address(id),)) for id in people
    ]
    trigger = a.trigger(event, *recipients, transaction_id=transaction, payload={"number": number})
    accept([trigger], ports=ports.of(a.TENANT))
    work(ports)
    ports.clock.advance(1)


def work(ports: fakes.World) -> None:
    for job in ports.queues.jobs:
        fan_out(job, ports=ports.of(job.tenant))
    ports.queues.jobs.clear()
    for chunk in ports.queues.chunks:
        deliver(chunk, ports=ports.of(chunk.tenant), time_left=lambda: 60.0)
    ports.queues.chunks.clear()
