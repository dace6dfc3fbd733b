"""Read a tenant's set-up for one step of delivery, once, before the step decides anything."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import Template
from carillon.domain.delivery.deliveries import EventDetails
from carillon.domain.delivery.invocations import Invocation
from carillon.domain.integrations.integrations import Integration
from carillon.ports import TenantPorts
from carillon.usecases.audience.erasures import ErasedDeliveries
from carillon.usecases.delivery.audience import BY_INTEGRATION, Audience
from carillon.usecases.delivery.files import Files
from carillon.usecases.integrations import lookup
from carillon.usecases.setup.event_setup import EventSetup
from carillon.usecases.setup.sending_as import AllowedSenders
from carillon.usecases.tenancy import tenants


def load_audience(invocations: Iterable[Invocation], *, ports: TenantPorts) -> Audience:
    """Read the set-up that decides the invocations' audience and integrations."""
    keys = {invocation.event_key for invocation in invocations}
    events = EventSetup.load(keys, ports=ports).with_subscriptions(ports=ports)
    targets = {
        target_id
        for subscriptions in events.subscriptions.values()
        for subscription in subscriptions
        if subscription.target in BY_INTEGRATION
        for target_id in subscription.target_ids
    }
    integrations = lookup.all_with(targets, ports=ports)
    return Audience(
        events=events, integrations=integrations, filters=ports.filters, quotas=ports.quotas
    )


@dataclass(frozen=True, kw_only=True)
class SendingSetup:
    """The set-up for attempting deliveries of one tenant on one channel.

    `details` are by invocation id, `integrations` by their own; `cancelled` are invocation ids.
    """

    channel: Channel
    details: Mapping[str, EventDetails]
    tenant_is_active: bool
    cancelled: frozenset[str]
    integrations: Mapping[str, Integration]
    events: EventSetup
    erased: ErasedDeliveries
    files: Files
    senders: AllowedSenders

    @cached_property
    def mail_sender(self) -> str:
        """The sender of the tenant's mails, without a read while deliveries are sent.

        A read that failed then would count as an attempt of a delivery.
        """
        return lookup.sender_of(self.integrations.values())

    @classmethod
    def load(
        cls,
        channel: Channel,
        details: Mapping[str, EventDetails],
        wanted: Iterable[str],
        *,
        erased: ErasedDeliveries,
        ports: TenantPorts,
    ) -> Self:
        """Read it; `wanted` are the ids of the deliveries' integrations."""
        return cls(
            channel=channel,
            details=details,
            tenant_is_active=tenants.is_active(ports=ports),
            cancelled=ports.invocations.cancelled(list(details)),
            integrations={i.id: i for i in lookup.all_with(wanted, ports=ports)},
            events=EventSetup.load(
                {event_details.event_key for event_details in details.values()}, ports=ports
            ).with_templates(ports=ports),
            erased=erased,
            files=Files(ports),
            senders=AllowedSenders(ports),
        )

    def event_type(self, invocation: str) -> EventType | None:
        """Return the event type of an invocation; None if it is gone by now."""
        return self.events.types.get(self.details[invocation].event_key)

    def templates(self, invocation: str) -> list[Template]:
        return list(self.events.templates.get(self.details[invocation].event_key, ()))
