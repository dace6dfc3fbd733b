"""Change an integration, also to another provider: its id and its subscriptions stay."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

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
    stored = ports.integrations.get(id)
    if stored.provider == provider_id:
        return integrations.change(id, changes, settings=settings, ports=ports)
    provider = integrations.known_provider(provider_id, ports)
    prepared = integrations.prepared(provider, settings)
    sending_as.check_senders(provider, prepared, ports=ports)
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
    return integrations.moved(stored, moved, given=settings, ports=ports)
