"""Short ways to say what a test is about: each fills in what the test does not care for."""

from collections.abc import Iterable
from typing import Any

from carillon.domain.audience.addresses import ChannelAddress, ChannelChanges
from carillon.domain.audience.subscribers import Subscriber, SubscriberChanges
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import Template
from carillon.domain.delivery.invocations import Invocation, Job
from carillon.domain.intake.triggers import Trigger
from carillon.domain.integrations.integrations import Integration
from carillon.domain.subscriptions.subscriptions import Subscription, Target
from carillon.domain.tenancy.access import Tenant
from tests import canaries, fakes

TENANT = "acme"
NOW = fakes.START
SETTINGS = {
    "ses": {"from": "hello@carillon.example"},
    "slack": {"bot_token": canaries.BOT_TOKEN},
    "smtp": {
        "host": "mail.example",
        "from": "hello@carillon.example",
        "username": "carillon",
        "password": canaries.PASSWORD,
    },
}


def event_type(slug: str = "welcome", **fields: Any) -> EventType:
    known: dict[str, Any] = {
        "name": slug,
        "created_at": NOW,
        "updated_at": NOW,
        "media": {Channel.EMAIL: True},
    }
    return EventType(slug=slug, **(known | fields))


def template(event: str = "welcome", medium: Channel = Channel.EMAIL, **fields: Any) -> Template:
    known: dict[str, Any] = {
        "subject": "Hello {{ subscriber.firstName }}",
        "body": f"Your number is {{{{ number }}}}, {canaries.TEXT}.",
        "updated_at": NOW,
    }
    return Template(event=event, medium=medium, **(known | fields))


def integration(
    provider: str = "ses", channel: Channel = Channel.EMAIL, **fields: Any
) -> Integration:
    known: dict[str, Any] = {
        "id": f"int_{provider}",
        "identifier": provider,
        "name": provider,
        "settings": SETTINGS.get(provider, {}),
        "created_at": NOW,
        "updated_at": NOW,
        "subscriber_field": "email" if channel is Channel.EMAIL else None,
    }
    return Integration(provider=provider, channel=channel, **(known | fields))


def webhook(id: str = "int_webhook", **fields: Any) -> Integration:
    settings = {"url": canaries.WEBHOOK_URL, "secret": canaries.WEBHOOK_SECRET}
    known = {"id": id, "settings": settings}
    return integration("webhook", Channel.WEBHOOK, **(known | fields))


def subscription(target: Target, *ids: str, event: str = "welcome") -> Subscription:
    return Subscription(
        id=f"sub_{ids[0]}",
        event=event,
        target=target,
        target_ids=ids,
        created_at=NOW,
        updated_at=NOW,
    )


def person(id: str, *, channels: Iterable[ChannelAddress] = (), **fields: Any) -> SubscriberChanges:
    """Somebody as a caller names them, with addresses to be added."""
    named = tuple(
        ChannelChanges(
            provider=one.provider,
            integration=one.integration,
            webhook_url=one.webhook_url,
            channel=one.channel,
            device_tokens=one.device_tokens or None,
        )
        for one in channels
    )
    return SubscriberChanges(id=id, channels=named, **fields)


def slack_address(name: str) -> ChannelAddress:
    return ChannelAddress(provider="slack", webhook_url=f"{canaries.SLACK_URL}/{name}")


def subscriber(id: str, **fields: Any) -> Subscriber:
    known: dict[str, Any] = {"created_at": NOW, "updated_at": NOW, "version": 1}
    return Subscriber(id=id, **(known | fields))


def trigger(event: str = "welcome", *people: SubscriberChanges, **fields: Any) -> Trigger:
    recipients = people or (person("ana", email=canaries.EMAIL),)
    known = {"recipients": recipients, "payload": {"secret": canaries.TEXT}}
    return Trigger(event=event, **(known | fields))


def invocation(id: str = "i1", *people: SubscriberChanges, **fields: Any) -> Invocation:
    recipients = people or (person("ana", email=canaries.EMAIL),)
    known = {"event": "welcome", "recipients": recipients, "payload": {"secret": canaries.TEXT}}
    return Invocation(id=id, **(known | fields))


def job(*invocations: Invocation, id: str = "job1") -> Job:
    return Job(id=id, tenant=TENANT, accepted_at=NOW, invocations=invocations or (invocation(),))


def world(**overrides: Any) -> fakes.World:
    """A tenant that can be reached: `welcome` by email and chat, an SES and a Slack integration."""
    ports = fakes.ports(**overrides)
    ports.tenants.add(
        Tenant(id=TENANT, name=TENANT, created_at=NOW, senders=("hello@carillon.example",))
    )
    both = {Channel.EMAIL: True, Channel.CHAT: True}
    ports.event_types.save(TENANT, event_type(media=both), expected=None)
    for medium in both:
        ports.templates.put(TENANT, template(medium=medium))
    ports.integrations.put(TENANT, integration())
    ports.integrations.put(TENANT, integration("slack", Channel.CHAT))
    return ports
