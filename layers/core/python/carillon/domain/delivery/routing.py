"""Route an invocation: from a subscriber or an integration to deliveries, each address once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from carillon.domain.audience.addresses import integration_for
from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.base import ids
from carillon.domain.base.channels import Channel
from carillon.domain.delivery import vocabulary
from carillon.domain.delivery.deliveries import Delivery
from carillon.domain.intake.narrowing import RecipientFilter
from carillon.domain.integrations.integrations import Integration
from carillon.domain.subscriptions.subscriptions import Listener

# One message each, by the tenant's primary integration; chat and push go by all that match.
_ONE_MESSAGE = frozenset({Channel.EMAIL, Channel.SMS})


def to_subscriber(
    invocation: str,
    subscriber: Subscriber,
    media: Iterable[Channel],
    integrations: Sequence[Integration],
    narrowing: RecipientFilter | None = None,
) -> Iterator[tuple[Channel, Delivery]]:
    """Yield the deliveries that bring an invocation to a subscriber, each address once."""
    if subscriber.locked or (narrowing and not narrowing.admits(subscriber)):
        return
    if narrowing:
        integrations = [i for i in integrations if narrowing.takes(i)]
    for channel in media:
        seen: set[object] = set()
        for integration, address in _addresses(channel, subscriber, integrations):
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
                recipient=vocabulary.of_subscriber(subscriber),
                dead=subscriber.death_of(integration, address),
            )
            if (target := _target(delivery)) not in seen:
                seen.add(target)
                yield channel, delivery


def delivery_id(
    invocation: str, subscriber: str | None, integration: str, address: Mapping[str, str]
) -> str:
    """Return the id of a delivery, the same however often fan-out repeats."""
    place = (f"{name}={address[name]}" for name in sorted(address))
    return "dlv_" + ids.derived(invocation, subscriber or "", integration, *place)


def _target(delivery: Delivery) -> object:
    """Return what must be reached once: a webhook's URL, whichever integration sends to it."""
    if delivery.has_own_url:
        return delivery.provider, tuple(sorted(delivery.address.items()))
    return delivery.id


def to_integration(
    invocation: str, integration: Integration, listener: Listener | None = None
) -> tuple[Channel, Delivery]:
    """Return the delivery to an integration with a target of its own, such as a webhook's URL."""
    return integration.channel, Delivery(
        id=delivery_id(invocation, None, integration.id, {}),
        invocation=invocation,
        integration=integration.id,
        provider=integration.provider,
        address={},
        listener=listener,
    )


def _addresses(
    channel: Channel, subscriber: Subscriber, integrations: Sequence[Integration]
) -> Iterator[tuple[Integration, Mapping[str, str]]]:
    active = [i for i in integrations if i.usable and i.channel == channel]
    if channel in _ONE_MESSAGE and active:
        # An integration for this context alone comes before one for all.
        active = [min(active, key=lambda i: (not i.conditions, not i.primary, i.id))]
    for integration in active:
        if field := integration.subscriber_field:
            if value := getattr(subscriber, field):
                yield integration, {field: value}
            continue
        for chat in subscriber.channels:
            if chat.provider != integration.provider:
                continue
            chosen = integration_for(chat, active)
            if chosen and chosen.id == integration.id:
                for address in chat.addresses():
                    yield integration, address
