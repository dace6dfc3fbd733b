"""Check the overrides of an event, so that each is applied or refused, and merge them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid, NotFound
from carillon.domain.base.problems import FieldProblem, Problem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.delivery.routes import Routes
from carillon.domain.delivery.skips import SkipReason
from carillon.domain.intake.overrides import NO_OVERRIDES, Override, Overrides
from carillon.domain.integrations.integrations import Integration
from carillon.ports import TenantPorts
from carillon.ports.integrations import Provider
from carillon.usecases.setup import sending_as
from carillon.usecases.setup.overrides import for_provider

_WITH_SENDER = (Channel.EMAIL, Channel.SMS)


def resolve(
    given: Sequence[Override], event: EventType, context: str | None, *, ports: TenantPorts
) -> Overrides:
    """Return the overrides merged; raise Invalid that lists all that cannot be applied.

    `context` is the event's, which may choose an integration.
    """
    if not given:
        return NO_OVERRIDES
    return _Check(event=event, context=context, ports=ports).merged(given)


@dataclass(frozen=True, kw_only=True)
class _Check:
    event: EventType
    context: str | None
    ports: TenantPorts

    def merged(self, given: Sequence[Override]) -> Overrides:
        found = NO_OVERRIDES
        problems: list[Problem] = []
        for override in given:
            try:
                found = found.with_table(override, self._values(override, found))
            except Invalid as error:
                problems += error.problems
        if problems:
            raise Invalid(*problems)
        for channel in _WITH_SENDER:
            self._check_sender(channel, found, given)
        return found

    def _values(self, override: Override, before: Overrides) -> Mapping[str, Any]:
        if override.channel:
            self._check_channel(override, override.channel, before)
            return override.values
        provider = self._provider(override)
        if override.step:
            self._check_step(override, provider.channel)
        _raise(provider.check_overrides(override.values), override)
        return provider.own_overrides(override.values)

    def _provider(self, override: Override) -> Provider:
        try:
            return self.ports.providers.get(override.provider)
        except NotFound:
            raise _wrong(override.place, "is no provider") from None

    def _check_step(self, override: Override, channel: Channel) -> None:
        """Raise Invalid unless the event type has the step, for messages of the channel."""
        templates = self.ports.templates.for_event(self.event)
        media = {t.medium for t in templates if override.step in _names(t.step, t.medium, self)}
        if not media:
            raise _wrong(override.place, f"is for a step that {self.event.slug!r} does not have")
        if channel not in media:
            raise _wrong(override.place, f"is for messages by {channel}, and the step is not")

    def _check_channel(self, override: Override, channel: Channel, before: Overrides) -> None:
        """Raise Invalid for a name that no active integration of the channel takes.

        Without an active integration nothing is sent, so there is nothing to check by.
        """
        known = self.ports.integrations.all()
        if override.integration:
            _check_integration(override, channel, known)
        named = override.integration or before.integrations.get(channel)
        active = {
            one.provider
            for one in known
            if one.channel is channel and one.usable and named in {None, one.identifier}
        }
        taken: set[str] = set()
        for id in sorted(active):
            provider = self.ports.providers.get(id)
            names = provider.takes(override.values)
            taken |= names
            values = {name: override.values[name] for name in names}
            _raise(provider.check_overrides(values), override)
        if active:
            reason = f"is not known to an active integration of {channel}: {', '.join(active)}"
            unknown = override.values.keys() - taken
            _raise([FieldProblem(_OF, reason, within=name) for name in sorted(unknown)], override)

    def _check_sender(self, channel: Channel, found: Overrides, given: Sequence[Override]) -> None:
        """Raise Invalid for a sender that the integration in use must not send as."""
        known = self.ports.integrations.all()
        routes = Routes.of(self.event, [channel], known, context=self.context, overrides=found)
        carriers = routes.channels[channel]
        for integration in () if isinstance(carriers, SkipReason) else carriers:
            said = for_provider(found, self.ports.providers.get(integration.provider))
            sender = str(said.get("from") or "")
            if sender and not sending_as.may_send_as(
                sender, integration, ports=self.ports, verify=True
            ):
                raise _wrong(_place_of("from", given), sending_as.NOT_ALLOWED)


_OF = FieldName.OVERRIDES


def _names(step: str, medium: Channel, check: _Check) -> set[str]:
    return {step, f"{check.event.slug}:{medium}"}


def _check_integration(override: Override, channel: Channel, known: Sequence[Integration]) -> None:
    """Raise Invalid unless the override names an active integration of the channel."""
    found = [one for one in known if one.identifier == override.integration]
    reason = ""
    if not found:
        reason = "is no integration"
    elif found[0].channel is not channel:
        reason = f"is an integration of {found[0].channel}, not of {channel}"
    elif not found[0].usable:
        reason = "is an integration that is not active"
    if reason:
        raise _wrong(override.at("integration"), reason, override.integration)


def _raise(problems: Sequence[FieldProblem], override: Override) -> None:
    """Raise Invalid with the problems, placed in the override, if there are any."""
    if problems:
        raise Invalid(
            *(FieldProblem(_OF, one.message, within=override.at(one.within)) for one in problems)
        )


def _wrong(place: str, reason: str, value: Any = None) -> Invalid:
    return Invalid(FieldProblem(_OF, reason, value, "reference", within=place))


def _place_of(name: str, given: Sequence[Override]) -> str:
    """Return the place of the last override with the name."""
    return next(one.at(name) for one in reversed(given) if name in one.values)
