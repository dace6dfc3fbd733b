"""Check events before they are accepted: by their type, their parts and the tenant's set-up."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from carillon.domain.audience import contexts
from carillon.domain.audience.contexts import Context
from carillon.domain.audience.subscribers import SubscriberChanges, check_size
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import (
    ContextNotFound,
    Invalid,
    NotFound,
    PayloadInvalid,
    RecipientWithoutId,
    TooLarge,
)
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName, Noun
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.intake.attachments import LARGEST_GIVEN
from carillon.domain.intake.narrowing import names_of
from carillon.domain.intake.overrides import Overrides
from carillon.domain.intake.triggers import Trigger
from carillon.domain.integrations.integrations import Integration
from carillon.ports import TenantPorts
from carillon.ports.catalogue import Schemas
from carillon.usecases.intake import overrides
from carillon.usecases.setup.address_binding import Binder
from carillon.usecases.setup.event_setup import EventSetup

EVENT_LIMIT = 256 * 1024  # bytes of JSON


@dataclass(frozen=True, kw_only=True)
class Checks:
    """The event types and contexts that a request names, read together, to check its events by.

    Integrations are read only for an event that is narrowed to channels or names addresses with
    providers.
    """

    setup: EventSetup
    contexts: Mapping[str, Context]
    schemas: Schemas
    integrations: Callable[..., Sequence[Integration]]
    binder: Binder
    ports: TenantPorts

    @classmethod
    def load(cls, triggers: Iterable[Trigger], *, ports: TenantPorts) -> Self:
        """Read the event types, with one call for each application, and the contexts if any."""
        triggers = list(triggers)
        named = sorted({t.context.identifier for t in triggers if t.context})
        return cls(
            setup=EventSetup.load((t.event_key for t in triggers), ports=ports),
            contexts=ports.contexts.get_many(named) if named else {},
            schemas=ports.schemas,
            integrations=ports.integrations.all,
            binder=Binder(ports),
            ports=ports,
        )

    def check(self, trigger: Trigger, *, size: int) -> EventType:
        """Return the trigger's event type, or raise why the event cannot be accepted.

        `size` is the event's, in bytes of JSON, without the contents that do not travel in it.
        """
        event = self.setup.types.get(trigger.event_key)
        if event is None:
            raise NotFound(Noun.EVENT_TYPE, trigger.event)
        if trigger.context and trigger.context.identifier not in self.contexts:
            raise ContextNotFound(trigger.context.identifier)
        event.check(names_recipients=bool(trigger.recipients))
        _check_sizes(trigger, size)
        if trigger.context:
            contexts.check_data(trigger.context.data)
        self._check_recipients(trigger)
        if trigger.narrowing and trigger.narrowing.channels:
            self._check_channels(trigger.narrowing.channels)
        if event.input_schema is not None and event.validates:
            problems = self.schemas.validate(
                event.input_schema, trigger.payload, at=FieldName.PAYLOAD
            )
            if problems:
                raise PayloadInvalid(*problems)
        return event

    def check_reach(self, trigger: Trigger, event: EventType, overrides: Overrides) -> None:
        """Raise TooLarge for an event that by itself goes to more addresses than one may."""
        quotas = self.ports.quotas
        people = [one for one in trigger.recipients if isinstance(one, SubscriberChanges)]
        if len(people) > quotas.recipients:
            raise TooLarge(f"The event names {len(people)} recipients; {quotas.recipients} may be")
        most = max((self._named_addresses(one, event) for one in people), default=0)
        push = (overrides.addresses(Channel.PUSH, name) for name in overrides.providers)
        most = max(most, sum(len(tokens) for tokens in push))
        if most > quotas.deliveries:
            raise TooLarge(
                f"The event names {most} addresses of one recipient on one channel;"
                f" {quotas.deliveries} may be"
            )

    def _named_addresses(self, person: SubscriberChanges, event: EventType) -> int:
        """Return how many addresses a trigger gives a person on one of the event's channels."""
        counts: Counter[Channel] = Counter()
        for change in person.channels:
            channel = self.ports.providers.get(change.provider).channel
            if event.media.get(channel):
                counts[channel] += max(1, len(change.device_tokens or ()))
        return max(counts.values(), default=0)

    def overrides(self, trigger: Trigger, event: EventType) -> Overrides:
        """Return the trigger's overrides, merged; raise Invalid for those that cannot be applied.

        Integrations, and templates for those of a step, are read only where there are overrides.
        """
        context = trigger.context.identifier if trigger.context else None
        return overrides.resolve(trigger.overrides, event, context, ports=self.ports)

    def _check_recipients(self, trigger: Trigger) -> None:
        for person in (*trigger.recipients, trigger.actor):
            if isinstance(person, SubscriberChanges):
                if not person.id:
                    raise RecipientWithoutId("A recipient has no subscriber id")
                check_size(person)
                self.binder.bind(
                    person
                )  # done by fan-out: here, the caller is told if it cannot be

    def _check_channels(self, wanted: Sequence[str]) -> None:
        """Raise Invalid for names of no channel or integration: the event would go nowhere."""
        unknown = [name for name in wanted if name not in set(Channel)]
        for now in (False, True):  # one made within the last minute may not be remembered yet
            if not unknown:
                return
            known = {name for i in self.integrations(now=now) for name in names_of(i)}
            unknown = [name for name in unknown if name not in known]
        if unknown:
            raise Invalid(
                FieldProblem(FieldName.CHANNELS, f"Unknown channel(s): {', '.join(unknown)}")
            )


def _check_sizes(trigger: Trigger, size: int) -> None:
    if size > EVENT_LIMIT:
        raise TooLarge(f"The event is {size} bytes; the limit is {EVENT_LIMIT}")
    given = sum(one.size for one in trigger.attachments)
    if given > LARGEST_GIVEN:
        raise TooLarge(
            f"The event's attachments are {given} bytes; the limit is {LARGEST_GIVEN}. "
            "Give larger ones as a url"
        )
