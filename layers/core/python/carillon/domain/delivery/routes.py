"""Routes: the ways that an event may take to people, and why it takes no other."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.intake.narrowing import RecipientFilter
from carillon.domain.intake.overrides import NO_OVERRIDES, Overrides
from carillon.domain.integrations.integrations import Integration
from carillon.domain.tenancy.quotas import Quotas

# One message each, by the tenant's primary integration; chat and push go by all that match.
ONE_MESSAGE = frozenset({Channel.EMAIL, Channel.SMS})


@dataclass(frozen=True, kw_only=True)
class Routes:
    """The ways an event may take to people, by channel, or why there is none by it.

    `passed_by` are, by identifier, the integrations that people may have an address with, and that
    do not carry this event. `event` is None where its type is gone by now: then preferences have
    nothing to be held to.
    """

    event: EventType | None
    channels: Mapping[Channel, Sequence[Integration] | SkipReason]
    passed_by: Mapping[str, tuple[Integration, SkipReason]] = field(default_factory=dict)
    narrowing: RecipientFilter | None = None
    overrides: Overrides = field(default_factory=Overrides)
    most: int = Quotas.deliveries  # to one recipient on one channel

    @classmethod
    def of(
        cls,
        event: EventType | None,
        channels: Iterable[Channel],
        integrations: Iterable[Integration],
        *,
        context: str | None = None,
        narrowing: RecipientFilter | None = None,
        overrides: Overrides = NO_OVERRIDES,
        most: int = Quotas.deliveries,
    ) -> Self:
        """Find the integrations that carry the event, for anybody, on each of the channels."""
        named = overrides.integrations
        integrations = [i for i in integrations if named.get(i.channel) in {None, i.identifier}]
        tests: list[tuple[Callable[[Integration], bool], SkipReason]] = [
            (lambda one: event is None or event.goes_by(one), SkipReason.MUTED),
            (lambda one: one.usable, SkipReason.INTEGRATION_INACTIVE),
            (
                lambda one: one.serves(context) or one.channel in named,
                SkipReason.INTEGRATION_CONDITIONS,
            ),
            (lambda one: not narrowing or narrowing.takes(one), SkipReason.NARROWED),
        ]
        found = {channel: _carriers(channel, integrations, tests) for channel in channels}
        return cls(
            event=event,
            channels=found,
            passed_by=_passed_by(integrations, tests),
            narrowing=narrowing,
            overrides=overrides,
            most=most,
        )


def _carriers(
    channel: Channel,
    integrations: Iterable[Integration],
    tests: Iterable[tuple[Callable[[Integration], bool], SkipReason]],
) -> Sequence[Integration] | SkipReason:
    """Return the channel's integrations that pass all tests, or the reason none is left."""
    found = [one for one in integrations if one.channel == channel]
    reason = SkipReason.NO_INTEGRATION
    for passes, failing in tests:
        if not found:
            break
        found, reason = [one for one in found if passes(one)], failing
    if not found:
        return reason
    if channel in ONE_MESSAGE:
        # What is for this context alone comes before what is for all.
        first = min(found, key=lambda one: (not one.conditions, not one.primary, one.id))
        return [first, *_fallbacks(first, found)]
    return found


def _passed_by(
    integrations: Iterable[Integration],
    tests: Iterable[tuple[Callable[[Integration], bool], SkipReason]],
) -> Mapping[str, tuple[Integration, SkipReason]]:
    """Return the integrations that would carry the event, were it not for the tenant's set-up.

    That the caller narrows one out is no surprise to the caller. Mail and SMS go by one alone.
    """
    failing = [
        (one, next((reason for passes, reason in tests if not passes(one)), None))
        for one in integrations
        if one.channel not in ONE_MESSAGE
    ]
    return {
        one.identifier: (one, reason)
        for one, reason in failing
        if reason and reason is not SkipReason.NARROWED
    }


def _fallbacks(first: Integration, found: Iterable[Integration]) -> Sequence[Integration]:
    """Return the integrations that are tried after the first, in their order."""
    return sorted(
        (
            one
            for one in found
            if one.fallback is not None
            and one.id != first.id
            and one.subscriber_field == first.subscriber_field
        ),
        key=lambda one: (one.fallback or 0, one.id),
    )
