"""Change an integration, also to another provider: its id and its subscriptions stay."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from carillon.domain.base.guards import Guarded
from carillon.domain.base.turns import in_turn
from carillon.ports import TenantPorts
from carillon.usecases.integrations import integrations
from carillon.usecases.integrations.integrations import ConfiguredIntegration
from carillon.usecases.setup import sending_as


def change_provider(
    id: str,
    provider_id: str,
    changes: Mapping[str, Any],
    *,
    settings: Mapping[str, Any],
    ports: TenantPorts,
) -> ConfiguredIntegration:
    """Change as `integrations.change` does; with another provider, replace all settings.

    Then no stored setting is kept, so that no secret goes to the new target. What is on its way
    goes to the new target, too: providers and settings are read when a delivery is attempted.
    Raise Invalid for settings that the provider refuses.
    """
    if ports.integrations.get(id).provider == provider_id:
        return integrations.change(id, changes, settings=settings, ports=ports)
    provider = integrations.known_provider(provider_id, ports)
    prepared = integrations.prepared(provider, settings)
    sending_as.check_senders(provider, prepared, ports=ports)

    def attempt() -> ConfiguredIntegration:
        seen = ports.guards.see(Guarded.INTEGRATIONS)
        stored = ports.integrations.get(id)
        moved = replace(
            stored,
            **changes,
            provider=provider.id,
            channel=provider.channel,
            subscriber_field=provider.subscriber_field,
            settings=prepared,
            updated_at=ports.clock.now(),
            version=stored.version + 1,
            circuit=None,
        )
        return integrations.moved(stored, moved, seen, given=settings, ports=ports)

    return in_turn(attempt, ports.clock.pause)
