"""Overrides: a caller's words for one event's messages, in place of templates and integrations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from carillon.domain.base.channels import Channel
from carillon.domain.base.merging import Merging, merged


@dataclass(frozen=True, kw_only=True)
class Override:
    """One table of overrides, as a caller gives it.

    It concerns the messages of a `channel` or by a `provider`; with a `step`, those of that step of
    the event type alone. `integration` is the identifier of the one that the channel's messages go
    by. `place` is where the request has the table, in the caller's own words.
    """

    place: str
    values: Mapping[str, Any] = field(default_factory=dict)
    channel: Channel | None = None
    provider: str = ""
    step: str = ""
    integration: str = ""

    def at(self, name: str) -> str:
        """Return where the request has one of the values."""
        return f"{self.place}.{name}"


@dataclass(frozen=True, kw_only=True)
class Overrides:
    """All overrides of an event, checked and merged.

    Those of a provider have the provider's own names, and come before those of its channel.
    `integrations` are identifiers.
    """

    integrations: Mapping[Channel, str] = field(default_factory=dict)
    channels: Mapping[Channel, Mapping[str, Any]] = field(default_factory=dict)
    providers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def of_channel(self, channel: Channel) -> Mapping[str, Any]:
        return self.channels.get(channel, {})

    def of_provider(self, provider: str) -> Mapping[str, Any]:
        return self.providers.get(provider, {})

    def with_table(self, override: Override, values: Mapping[str, Any]) -> "Overrides":
        """Return these overrides with the values of one more table, which come before the others.

        Objects are merged, and lists replaced.
        """
        integrations, channels = dict(self.integrations), dict(self.channels)
        providers = dict(self.providers)
        if override.channel and override.integration:
            integrations[override.channel] = override.integration
        if override.channel:
            channel = override.channel
            channels[channel] = merged(self.of_channel(channel), values, Merging.MERGE)
        else:
            name = override.provider
            providers[name] = merged(self.of_provider(name), values, Merging.MERGE)
        return Overrides(
            integrations=integrations,
            channels={name: table for name, table in channels.items() if table},
            providers={name: table for name, table in providers.items() if table},
        )

    def addresses(self, channel: Channel, provider: str) -> list[dict[str, str]]:
        """Return the addresses that take the place of each recipient's own; empty for none.

        These are device tokens, or the phone that an SMS goes to instead.
        """
        own = self.of_provider(provider)
        match channel:
            case Channel.PUSH:
                return [{"device_token": token} for token in own.get("device_tokens", ())]
            case Channel.SMS:
                phone = own.get("to") or self.of_channel(channel).get("to")
                return [{"phone": phone}] if phone else []
            case _:
                return []


NO_OVERRIDES = Overrides()
