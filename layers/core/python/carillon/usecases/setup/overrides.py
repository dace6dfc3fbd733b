"""The overrides of an event that hold for the messages by one provider."""

from collections.abc import Mapping
from typing import Any

from carillon.domain.base.merging import Merging, merged
from carillon.domain.intake.overrides import Overrides
from carillon.ports.integrations import Provider


def for_provider(overrides: Overrides, provider: Provider) -> Mapping[str, Any]:
    """Return the overrides, by the provider's own names, those of its channel behind its own."""
    of_channel = overrides.of_channel(provider.channel)
    common = {name: of_channel[name] for name in of_channel if name in provider.takes(of_channel)}
    own = overrides.of_provider(provider.id)
    return merged(provider.own_overrides(common), own, Merging.MERGE)
