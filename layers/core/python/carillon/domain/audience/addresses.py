"""Addresses with chat and push providers: how they are stored, set, replaced and cleared."""

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from carillon.domain.integrations.integrations import Integration

DEVICES_LIMIT = 100  # tokens of one subscriber with one integration
TOKEN_LIMIT = 4096  # characters of a device token
_TOLD_APART = timedelta(hours=1)  # registrations of one token: each start of an app is one
TOKENS_LIMIT = 64 * 1024  # characters of all device tokens with one integration
ADDRESSES_LIMIT = 160 * 1024  # of all addresses of one subscriber, whose item holds 400 KB


@dataclass(frozen=True)
class ChannelAddress:
    """A subscriber's address with one integration of a chat or push provider.

    `integration` is its identifier. It is None in addresses that were stored before each had one:
    such an address gets the integration with which its provider is named next. `registered` is when
    each device token was, to the hour.
    """

    provider: str
    integration: str | None = None
    webhook_url: str | None = None
    channel: str | None = None
    device_tokens: tuple[str, ...] = ()
    registered: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def values(self) -> frozenset[str]:
        """The URL, channel and device tokens."""
        named = (self.webhook_url, self.channel, *self.device_tokens)
        return frozenset(value for value in named if value)

    def without(self, values: Container[str]) -> "ChannelAddress":
        """Return it without these texts; it may have no address left."""
        return replace(
            self,
            webhook_url=None if self.webhook_url in values else self.webhook_url,
            channel=None if self.channel in values else self.channel,
            device_tokens=tuple(one for one in self.device_tokens if one not in values),
            registered={one: at for one, at in self.registered.items() if one not in values},
        )

    def addresses(self) -> list[dict[str, str]]:
        """Return each address a message can go to: the device tokens, else webhook and channel."""
        if self.device_tokens:
            return [{"device_token": token} for token in self.device_tokens]
        named = {"webhook_url": self.webhook_url, "channel": self.channel}
        address = {name: value for name, value in named.items() if value}
        return [address] if address else []


@dataclass(frozen=True)
class ChannelChanges:
    """Changes to a subscriber's address with one provider; None and "" keep the stored value.

    Without an `integration`, the newest active one of the provider is meant. Device tokens are
    added to the stored ones, or take their place with `replaces`. An empty tuple clears the stored
    ones either way: this is how a device logs out.
    """

    provider: str
    integration: str | None = None
    webhook_url: str | None = None
    channel: str | None = None
    device_tokens: tuple[str, ...] | None = None
    replaces: bool = False

    @property
    def clears(self) -> bool:
        """Whether the stored device tokens are removed."""
        return self.replaces or self.device_tokens == ()

    @property
    def values(self) -> frozenset[str]:
        """The URL, channel and device tokens that are set."""
        named = (self.webhook_url, self.channel, *(self.device_tokens or ()))
        return frozenset(value for value in named if value)


def integration_for(
    address: ChannelAddress | ChannelChanges, integrations: Iterable[Integration]
) -> Integration | None:
    """Return the active integration that the address belongs to: by identifier, else the newest."""
    named = (one for one in integrations if address.integration in {None, one.identifier})
    return newest_of(address.provider, named)


def newest_of(provider: str, integrations: Iterable[Integration]) -> Integration | None:
    """Return the newest active integration of the provider; None if it has none."""
    fitting = [one for one in integrations if one.provider == provider and one.usable]
    return max(fitting, key=lambda one: (one.created_at, one.id), default=None)


def with_changes(
    channels: Sequence[ChannelAddress], new: ChannelChanges, *, now: datetime, anew: bool = False
) -> tuple[ChannelAddress, ...]:
    """Set the address with one integration; all doors by which addresses come in end here.

    An address of the provider that has no integration yet becomes part of this one. `anew` says
    that known tokens are registered once more. They may be more than there is room for (`fitting`).
    """
    place = {new.integration, None}
    same = [one for one in channels if one.provider == new.provider and one.integration in place]
    same.sort(key=lambda one: one.integration is None)  # first those of the named integration
    known = () if new.clears else tuple(token for one in same for token in one.device_tokens)
    tokens = tuple(dict.fromkeys((*known, *(new.device_tokens or ()))))
    before = {token: at for one in same for token, at in one.registered.items()}
    named = {token: _since(before.get(token), now, anew) for token in new.device_tokens or ()}
    registered = {token: at for token, at in {**before, **named}.items() if token in tokens}
    after = ChannelAddress(
        provider=new.provider,
        integration=new.integration,
        webhook_url=new.webhook_url or _first(one.webhook_url for one in same),
        channel=new.channel or _first(one.channel for one in same),
        device_tokens=tokens,
        registered=registered,
    )
    at = next((n for n, one in enumerate(channels) if one in same), len(channels))
    others = [one for one in channels if one not in same]
    return (*others[:at], after, *others[at:])


def fitting(
    channels: Sequence[ChannelAddress], *, named: Container[tuple[str, str | None]] = ()
) -> tuple[ChannelAddress, ...]:
    """Return the addresses without as many of the oldest as there is no room for.

    The limits are of tokens with one integration, and of all addresses together. Those that were
    `named` just now, by provider and integration, keep their newest tokens.
    """
    fit = [one.without(frozenset(one.device_tokens) - _newest(one)) for one in channels]
    left = sum(map(_size, fit)) - ADDRESSES_LIMIT
    kept: list[ChannelAddress] = []
    for one in fit:
        if left > 0 and (one.provider, one.integration) not in named:
            left -= _size(one)
            continue
        kept.append(one)
    return tuple(kept)


def _since(before: datetime | None, now: datetime, anew: bool) -> datetime:
    """Return when a token was registered; one that is named in passing was so before."""
    is_old = before is not None and anew and now - before >= _TOLD_APART
    return now if before is None or is_old else before


def without_provider(
    channels: Iterable[ChannelAddress], provider: str
) -> tuple[ChannelAddress, ...]:
    return tuple(one for one in channels if one.provider != provider)


def _newest(one: ChannelAddress) -> frozenset[str]:
    """Return the newest tokens for which one integration has room."""
    kept: set[str] = set()
    left = TOKENS_LIMIT
    for token in reversed(one.device_tokens[-DEVICES_LIMIT:]):
        left -= len(json.dumps(token))
        if left < 0:
            break
        kept.add(token)
    return frozenset(kept)


def _size(one: ChannelAddress) -> int:
    texts = [one.provider, one.integration, one.webhook_url, one.channel, *one.device_tokens]
    texts += [text for token, at in one.registered.items() for text in (token, at.isoformat())]
    return sum(len(json.dumps(text)) for text in texts if text)


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)
