"""Rehearse an event: its real words, by the tenant's real integration, to the caller's address.

At once, answered, never repeated and never counted as traffic. What is off, locked or paused is
rehearsed too: that is what people do before they switch it on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from types import MappingProxyType
from typing import Any

from carillon.domain.base import ids
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid, PayloadInvalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import NO_COPIES, Copies
from carillon.domain.delivery import vocabulary
from carillon.domain.delivery.deliveries import Delivery, EventDetails
from carillon.domain.delivery.vocabulary import OfSubscriber, Root
from carillon.domain.integrations.integrations import Integration
from carillon.domain.tenancy.access import DEFAULT_APPLICATION
from carillon.ports import TenantPorts
from carillon.usecases.audience import contexts, subscribers
from carillon.usecases.catalogue import samples
from carillon.usecases.delivery import composing
from carillon.usecases.trying.send_test import Tested, send_test

# Only workers have the libraries for these; a feed is no outside service.
_NOT_HERE = frozenset({Channel.PUSH, Channel.OTHER, Channel.IN_APP})


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """An event type's words on a channel, by one provider or integration if named.

    Without a payload the event type's sample is used. `address` is where it goes; without, a mail
    goes to the integration's own sender, and anything else to the integration's own target. Its
    words name the stored `subscriber` and `actor` with these ids, and the `context`, if given.
    """

    event: str
    channel: Channel
    application: str = DEFAULT_APPLICATION
    provider: str = ""
    integration: str = ""  # its id or identifier
    payload: Mapping[str, Any] | None = None
    locale: str | None = None
    address: Mapping[str, str] = MappingProxyType({})
    copies: Copies = NO_COPIES
    subscriber: str = ""
    actor: str = ""
    context: str = ""


@dataclass(frozen=True, kw_only=True)
class RehearsalResult:
    integration: Integration
    tested: Tested
    warnings: tuple[str, ...] = ()


def rehearse(asked: Rehearsal, *, ports: TenantPorts) -> RehearsalResult:
    """Send a rehearsal. Raise NotFound for an unknown event type, subscriber or context.

    Raise Invalid if it cannot be sent. The target's response, or its silence, is in the result.
    """
    event = ports.event_types.get(asked.application, asked.event)
    payload = _payload(event, asked.payload, ports)
    integration = _integration(asked, ports)
    address = asked.address or _own_address(integration)
    person = _person(asked.subscriber, ports)
    delivery = Delivery(
        id=f"test-{ids.new()}",
        invocation="",
        integration=integration.id,
        provider=integration.provider,
        address=address,
        locale=asked.locale or person.get(OfSubscriber.LOCALE),
        recipient={**person, **address},
    )
    event_details = EventDetails(
        event=event.slug,
        accepted_at=ports.clock.now(),
        application=event.application,
        payload=payload,
        facts=_facts(asked, ports),
    )
    message = composing.compose(
        delivery,
        event_details,
        ports.templates.for_event(event),
        integration=integration,
        event=event,
        ports=ports,
        copies=asked.copies,
    )
    tested = send_test(integration, message, address=address, ports=ports)
    return RehearsalResult(integration=integration, tested=tested, warnings=message.warnings)


def _person(id: str, ports: TenantPorts) -> Mapping[str, Any]:
    return vocabulary.of_subscriber(subscribers.get(id, ports=ports)) if id else {}


def _facts(asked: Rehearsal, ports: TenantPorts) -> Mapping[str, Any]:
    facts: dict[str, Any] = {}
    if asked.actor:
        facts[Root.ACTOR] = _person(asked.actor, ports)
    if asked.context:
        facts[Root.TENANT] = vocabulary.of_tenant(contexts.get(asked.context, ports=ports))
    return facts


def _payload(
    event: EventType, given: Mapping[str, Any] | None, ports: TenantPorts
) -> Mapping[str, Any]:
    """Return the given payload, else the sample; raise PayloadInvalid."""
    payload = given or samples.required(event, at=FieldName.PAYLOAD, ports=ports)
    if event.input_schema is not None:
        problems = ports.schemas.validate(event.input_schema, payload, at=FieldName.PAYLOAD)
        if problems:
            raise PayloadInvalid(*problems)
    return payload


def _integration(asked: Rehearsal, ports: TenantPorts) -> Integration:
    """Return the named integration, or the one real messages use; raise Invalid for none."""
    if asked.channel in _NOT_HERE:
        raise Invalid(
            FieldProblem(FieldName.MEDIUM, f"{asked.channel} cannot be rehearsed", kind="choice")
        )
    found = [i for i in ports.integrations.all() if _fits(i, asked)]
    if not found:
        what = asked.integration or asked.provider or asked.channel
        raise Invalid(
            FieldProblem(FieldName.INTEGRATION, f"is missing for {what}", kind="reference")
        )
    return _with_a_target(found) if not asked.address else min(found, key=_rank)


def _fits(integration: Integration, asked: Rehearsal) -> bool:
    if integration.channel is not asked.channel or not integration.usable:
        return False
    named = {integration.id, integration.identifier}
    return (not asked.provider or integration.provider == asked.provider) and (
        not asked.integration or asked.integration in named
    )


def _with_a_target(found: Sequence[Integration]) -> Integration:
    """Return the first integration with an address of its own, else any."""
    in_turn = sorted(found, key=_rank)
    own = (i for i in in_turn if i.settings.keys() & _TARGETS)
    return next(own, in_turn[0])


# Settings that give an integration an address of its own.
_TARGETS = frozenset({"webhook_url", "channel", "url", "from"})


def _rank(integration: Integration) -> tuple[bool, str]:
    return not integration.primary, integration.id


def _own_address(integration: Integration) -> Mapping[str, str]:
    if integration.channel is not Channel.EMAIL:
        return {}
    return {"email": parseaddr(str(integration.settings.get("from", "")))[1]}
