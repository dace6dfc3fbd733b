"""Who is reached where: from a subscriber and an event type's media to addresses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from carillon.domain.audience.addresses import integration_for
from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import Delivery, delivery_id
from carillon.domain.intake.narrowing import RecipientFilter
from carillon.domain.integrations.integrations import Integration
from carillon.domain.subscriptions.subscriptions import Listener

# One message each, through the tenant's primary integration; chat and push use all that match.
_ONE_MESSAGE = frozenset({Channel.EMAIL, Channel.SMS})


def to_subscriber(
    invocation: str,
    subscriber: Subscriber,
    media: Iterable[Channel],
    integrations: Sequence[Integration],
    narrowing: RecipientFilter | None = None,
) -> Iterator[tuple[Channel, Delivery]]:
    """The deliveries that bring an invocation to a subscriber, each address once."""
    if subscriber.locked or (narrowing and not narrowing.admits(subscriber)):
        return
    if narrowing:
        integrations = [i for i in integrations if narrowing.takes(i)]
    for channel in media:
        seen: set[object] = set()
        for integration, address in _places(channel, subscriber, integrations):
            if narrowing and not narrowing.wants(address):
                continue
            delivery = Delivery(
                id=delivery_id(invocation, subscriber.id, integration.id, address),
                invocation=invocation,
                integration=integration.id,
                provider=integration.provider,
                address=address,
                subscriber=subscriber.id,
                locale=subscriber.locale,
                recipient=_recipient(subscriber),
                dead=subscriber.death_of(integration, address),
            )
            if (way := _way(delivery)) not in seen:
                seen.add(way)
                yield channel, delivery


def _way(delivery: Delivery) -> object:
    """What must not be gone twice: a webhook's URL is all of it, whoever's integration sends."""
    if delivery.has_own_url:
        return delivery.provider, tuple(sorted(delivery.address.items()))
    return delivery.id


def to_integration(
    invocation: str, integration: Integration, listener: Listener | None = None
) -> tuple[Channel, Delivery]:
    """The delivery to an integration that holds its own target, such as a webhook's URL."""
    return integration.channel, Delivery(
        id=delivery_id(invocation, None, integration.id, {}),
        invocation=invocation,
        integration=integration.id,
        provider=integration.provider,
        address={},
        listener=listener,
    )


def _places(
    channel: Channel, subscriber: Subscriber, integrations: Sequence[Integration]
) -> Iterator[tuple[Integration, Mapping[str, str]]]:
    active = [i for i in integrations if i.usable and i.channel == channel]
    if channel in _ONE_MESSAGE and active:
        # What is for this context alone comes before what is for all.
        active = [min(active, key=lambda i: (not i.conditions, not i.primary, i.id))]
    for integration in active:
        if field := integration.subscriber_field:
            if value := getattr(subscriber, field):
                yield integration, {field: value}
            continue
        for place in subscriber.channels:
            if place.provider != integration.provider:
                continue
            chosen = integration_for(place, active)
            if chosen and chosen.id == integration.id:
                for address in place.addresses():
                    yield integration, address


def _recipient(subscriber: Subscriber) -> Mapping[str, Any]:
    """What templates may say about a subscriber, without what is empty."""
    about = {
        "subscriberId": subscriber.id,
        "firstName": subscriber.first_name,
        "lastName": subscriber.last_name,
        "email": subscriber.email,
        "phone": subscriber.phone,
        "avatar": subscriber.avatar,
        "locale": subscriber.locale,
        "data": subscriber.data,
    }
    return {name: value for name, value in about.items() if value is not None}
