"""Route an invocation: from a subscriber or an integration to deliveries, each address once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from carillon.domain.audience.addresses import integration_for, newest_of
from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.base import ids
from carillon.domain.base.channels import Channel
from carillon.domain.delivery import vocabulary
from carillon.domain.delivery.deliveries import Delivery
from carillon.domain.delivery.routes import ONE_MESSAGE, Routes
from carillon.domain.delivery.skips import SkipReason, refused_by
from carillon.domain.intake.overrides import Overrides
from carillon.domain.integrations.integrations import Integration
from carillon.domain.subscriptions.subscriptions import Listener


def to_subscriber(
    invocation: str, subscriber: Subscriber, routes: Routes
) -> Iterator[tuple[Channel, Delivery]]:
    """Yield the deliveries to a subscriber, each address once; skipped ones for other ways.

    One more is skipped on a channel where there are more addresses than `most`.
    """
    for channel, carriers in routes.channels.items():
        found = _to_channel(invocation, subscriber, channel, carriers, routes)
        if isinstance(found, SkipReason):
            found = [skipped(invocation, found, subscriber=subscriber.id, channel=channel)]
        for delivery in found:
            yield channel, delivery


def _to_channel(
    invocation: str,
    subscriber: Subscriber,
    channel: Channel,
    carriers: Sequence[Integration] | SkipReason,
    routes: Routes,
) -> Sequence[Delivery] | SkipReason:
    narrowing = routes.narrowing
    if subscriber.locked:
        return SkipReason.LOCKED
    if narrowing and not narrowing.admits(subscriber):
        return SkipReason.NARROWED
    refused = refused_by(subscriber.preferences, routes.event, channel) if routes.event else None
    if refused:
        return refused
    if isinstance(carriers, SkipReason):
        return carriers
    return _by(carriers, invocation, subscriber, channel, routes)


def _by(
    carriers: Sequence[Integration],
    invocation: str,
    subscriber: Subscriber,
    channel: Channel,
    routes: Routes,
) -> Sequence[Delivery] | SkipReason:
    """Return the deliveries to the subscriber's addresses, or why there is none to send to."""
    narrowing = routes.narrowing
    carriers, others = _split(channel, carriers)
    places = list(_addresses(subscriber, carriers, routes.overrides))
    past = list(_past(invocation, subscriber, channel, routes))
    if past and not places:
        return past[: routes.most]
    wanted = [place for place in places if not narrowing or narrowing.wants(place[1])]
    if not wanted:
        return SkipReason.NARROWED if places else SkipReason.NO_ADDRESS
    found = (
        replace(_delivery(invocation, subscriber, *place), fallbacks=others) for place in wanted
    )
    kept, whole = _each_once(found, routes.most)
    if not whole:
        over = SkipReason.OVER_LIMIT
        kept.append(skipped(invocation, over, subscriber=subscriber.id, channel=channel))
    return [*kept, *past[: max(0, routes.most - len(kept))]]


def _past(
    invocation: str, subscriber: Subscriber, channel: Channel, routes: Routes
) -> Iterator[Delivery]:
    """Yield a skip for each integration with an address that the event passes by."""
    for chat in subscriber.channels:
        if routes.overrides.addresses(channel, chat.provider):  # in place of the stored ones
            continue
        integration, reason = routes.passed_by.get(chat.integration or "", (None, None))
        if (
            integration
            and reason
            and (integration.channel, integration.provider) == (channel, chat.provider)
            and chat.values
        ):
            yield skipped(
                invocation,
                reason,
                subscriber=subscriber.id,
                integration=integration.id,
                provider=integration.provider,
                channel=channel,
            )


def _each_once(found: Iterable[Delivery], most: int) -> tuple[list[Delivery], bool]:
    """Return the first deliveries to different targets, and whether these are all."""
    by_target: dict[object, Delivery] = {}
    for delivery in found:
        target = _target(delivery)
        if target in by_target:
            continue
        if len(by_target) == most:
            return list(by_target.values()), False
        by_target[target] = delivery
    return list(by_target.values()), True


def _split(
    channel: Channel, carriers: Sequence[Integration]
) -> tuple[Sequence[Integration], tuple[str, ...]]:
    """Return the integrations that send, and the ids of those that are tried after them."""
    if channel not in ONE_MESSAGE:
        return carriers, ()
    return carriers[:1], tuple(one.id for one in carriers[1:])


def _delivery(
    invocation: str, subscriber: Subscriber, integration: Integration, address: Mapping[str, str]
) -> Delivery:
    return Delivery(
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


def delivery_id(
    invocation: str, subscriber: str | None, integration: str, address: Mapping[str, str]
) -> str:
    """Return the id of a delivery, the same however often fan-out repeats."""
    place = (f"{name}={address[name]}" for name in sorted(address))
    return "dlv_" + ids.derived(invocation, subscriber or "", integration, *place)


def skipped(
    invocation: str,
    reason: SkipReason,
    *,
    subscriber: str | None,
    integration: str = "",
    provider: str = "",
    channel: Channel,
) -> Delivery:
    """Return a delivery that is only put on record, with the same id whatever the reason."""
    place = (subscriber or "", integration, channel)
    return Delivery(
        id="dlv_" + ids.derived("skip", invocation, *place),
        invocation=invocation,
        integration=integration,
        provider=provider,
        address={},
        subscriber=subscriber,
        skip=reason,
    )


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


def past_integration(
    invocation: str, integration: Integration, reason: SkipReason
) -> tuple[Channel, Delivery]:
    """Return the skip of an integration that is to hear the event, and does not."""
    return integration.channel, skipped(
        invocation,
        reason,
        subscriber=None,
        integration=integration.id,
        provider=integration.provider,
        channel=integration.channel,
    )


def _addresses(
    subscriber: Subscriber, carriers: Sequence[Integration], overrides: Overrides
) -> Iterator[tuple[Integration, Mapping[str, str]]]:
    """Yield where the subscriber is reached by the integrations."""
    for integration in carriers:
        if own := overrides.addresses(integration.channel, integration.provider):
            if integration is newest_of(integration.provider, carriers):
                yield from ((integration, address) for address in own)
            continue
        if field := integration.subscriber_field:
            if value := getattr(subscriber, field):
                yield integration, {field: value}
            continue
        for chat in subscriber.channels:
            if chat.provider != integration.provider:
                continue
            chosen = integration_for(chat, carriers)
            if chosen and chosen.id == integration.id:
                for address in chat.addresses():
                    yield integration, address
