"""Find the integration that each address of a subscriber belongs to."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from carillon.domain.audience.addresses import ChannelChanges, integration_for
from carillon.domain.audience.subscribers import SubscriberChanges
from carillon.domain.base.errors import NoIntegration
from carillon.domain.integrations.integrations import Integration
from carillon.ports import TenantPorts


class Binder:
    """Binds the addresses of one call to integrations.

    It reads the integrations when an address comes up, and once more when one of them is missing:
    an integration of the last minute may not be remembered yet.
    """

    def __init__(self, ports: TenantPorts) -> None:
        self._ports = ports
        self._known: Sequence[Integration] | None = None
        self._fresh = False

    def bind(self, changes: SubscriberChanges) -> SubscriberChanges:
        """Return the changes with the identifier of an integration in each address.

        Raise NoIntegration when an address has none that is active.
        """
        bound = tuple(self._bound(one) for one in changes.channels)
        return replace(changes, channels=bound) if bound else changes

    def bind_known(self, changes: SubscriberChanges) -> SubscriberChanges:
        """Bind likewise, without the addresses whose integration is gone by now."""
        bound: list[ChannelChanges] = []
        for one in changes.channels:
            try:
                bound.append(self._bound(one))
            except NoIntegration:
                continue
        return replace(changes, channels=tuple(bound)) if changes.channels else changes

    def _bound(self, address: ChannelChanges) -> ChannelChanges:
        found = integration_for(address, self._integrations())
        if found is None and not self._fresh:
            found = integration_for(address, self._integrations(now=True))
        if found is None:
            raise NoIntegration(self._ports.tenant, address.provider, address.integration)
        return replace(address, integration=found.identifier)

    def _integrations(self, *, now: bool = False) -> Iterable[Integration]:
        if self._known is None or now:
            self._known = self._ports.integrations.all(now=now)
            self._fresh = now
        return self._known
