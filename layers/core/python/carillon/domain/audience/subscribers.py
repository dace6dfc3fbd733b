"""Subscribers: a tenant's recipients, with their addresses."""

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

from carillon.domain.audience.addresses import (
    ADDRESSES_LIMIT,
    DEVICES_LIMIT,
    TOKENS_LIMIT,
    ChannelAddress,
    ChannelChanges,
    fitting,
    with_changes,
)
from carillon.domain.audience.preferences import Preferences
from carillon.domain.base import ids
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem, Problem
from carillon.domain.base.terms import FieldName
from carillon.domain.integrations.integrations import Integration

DATA_LIMIT = 16 * 1024  # bytes of JSON: a chunk carries 25 subscribers in one message
REGISTRATIONS_LIMIT = 100  # of one subscriber with applications
DEAD_LIMIT = 100  # dead addresses stored with one subscriber; the newest stay
MADE_ROOM = "made_room"  # the code of an address that a newer one took the place of
HINT = 6  # characters of a dead address by which its subscriber may recognize it
_NOT_FIELDS = {"id", "channels", "registers", "revive", "clear"}  # of what changes say
SHARDS = 16  # of the subscribers' partitions, and of a topic's members


@dataclass(frozen=True, kw_only=True)
class DeadAddress:
    """An address that a provider reported as permanently invalid, or that made room for a newer.

    `mark` is a hash of the address and the integration with its settings: after a change of the
    settings, with which the address may work, it matches no more. An address that made room is not
    stored any more, and its mark keeps no message back.
    """

    mark: str
    integration: str
    code: str
    at: datetime
    hint: str = ""  # the last characters of the address, to show


@dataclass(frozen=True, kw_only=True)
class Burial:
    """A death with its address; `gone_since` is when the address died, if the provider says so."""

    death: DeadAddress
    address: Mapping[str, str]
    gone_since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A subscriber's registration with an application."""

    application: str  # "project/application"
    active: bool = True
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """A recipient of one tenant. `version` counts the saves; 0 is not saved yet."""

    id: str
    created_at: datetime
    updated_at: datetime
    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    avatar: str | None = None
    locale: str | None = None
    timezone: str | None = None
    data: Mapping[str, Any] | None = None
    channels: tuple[ChannelAddress, ...] = ()
    dead: tuple[DeadAddress, ...] = ()
    locked: bool = False  # gets no messages
    registrations: tuple[Registration, ...] = ()
    preferences: Preferences = field(default_factory=Preferences)
    online: bool | None = None  # as the tenant's application reported
    last_online_at: datetime | None = None
    version: int = 0

    def addresses_with(self, integration: Integration) -> list[dict[str, str]]:
        """Return the addresses that the integration may send to."""
        if field := integration.subscriber_field:
            value = getattr(self, field)
            return [{field: value}] if value else []
        return [
            address
            for one in self.channels
            if one.provider == integration.provider
            and one.integration in {None, integration.identifier}
            for address in one.addresses()
        ]

    def dead_values(self, integrations: Iterable[Integration]) -> frozenset[tuple[str, str]]:
        """Return the dead addresses: the provider, or the own field, and the text."""
        if not self.dead:
            return frozenset()
        return frozenset(
            (integration.subscriber_field or integration.provider, value)
            for integration in integrations
            for address in self.addresses_with(integration)
            if self.death_of(integration, address)
            for value in address.values()
        )

    def death_of(self, integration: Integration, address: Mapping[str, str]) -> str:
        """Return the provider's code for a dead address; empty for any other."""
        if not self.dead:
            return ""
        wanted = mark(integration, address)
        return next((dead.code for dead in self.dead if dead.mark == wanted), "")


@dataclass(frozen=True, kw_only=True)
class SubscriberChanges:
    """Changes to a subscriber; None and "" keep the stored value.

    `clear` names fields to empty.
    """

    id: str
    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    avatar: str | None = None
    locale: str | None = None
    timezone: str | None = None
    data: Mapping[str, Any] | None = None
    channels: tuple[ChannelChanges, ...] = ()
    locked: bool | None = None
    registers: bool = False  # on purpose, not in passing: dead addresses that are named live again
    revive: bool = False  # all dead addresses live again
    clear: tuple[str, ...] = ()

    def values_with(self, integration: Integration) -> frozenset[str]:
        """Return the texts named here that may be an address with the integration."""
        if field := integration.subscriber_field:
            value = getattr(self, field, None)
            return frozenset({value} if value else ())
        own = (one.values for one in self.channels if one.provider == integration.provider)
        return frozenset().union(*own)


def mark(integration: Integration, address: Mapping[str, str]) -> str:
    place = (f"{name}={address[name]}" for name in sorted(address))
    return ids.derived(integration.id, json.dumps(integration.settings, sort_keys=True), *place)


def bury(subscriber: Subscriber, burials: Iterable[Burial]) -> Subscriber:
    """Return the subscriber with these addresses marked dead, or the same object if none is new.

    An address that was registered after its death is not meant.
    """
    known = {address.mark for address in subscriber.dead}
    new = {
        burial.death.mark: burial.death
        for burial in burials
        if burial.death.mark not in known and not _is_younger(subscriber, burial)
    }
    if not new:
        return subscriber
    marked = (*subscriber.dead, *new.values())[-DEAD_LIMIT:]
    return replace(subscriber, dead=marked, version=subscriber.version + 1)


def unbury(subscriber: Subscriber, marks: Container[str]) -> Subscriber:
    """Return the subscriber without these death marks, or the same object if it has none."""
    alive = tuple(one for one in subscriber.dead if one.mark not in marks)
    if alive == subscriber.dead:
        return subscriber
    return replace(subscriber, dead=alive, version=subscriber.version + 1)


def _is_younger(subscriber: Subscriber, burial: Burial) -> bool:
    token, since = burial.address.get("device_token", ""), burial.gone_since
    times = [one.registered[token] for one in subscriber.channels if token in one.registered]
    return since is not None and any(at > since for at in times)


def registered(
    subscriber: Subscriber, changes: SubscriberChanges, integrations: Iterable[Integration]
) -> Subscriber:
    """Return the subscriber without the death marks of the addresses that the changes name.

    An application that registers an address again has been told anew that it works.
    """
    alive = {
        mark(integration, address)
        for integration in integrations
        for address in subscriber.addresses_with(integration)
        if not changes.values_with(integration).isdisjoint(address.values())
    }
    return replace(subscriber, dead=tuple(one for one in subscriber.dead if one.mark not in alive))


class NoRoom(Invalid):
    """A subscriber's addresses would be more than there is room for."""

    def __init__(self) -> None:
        most = (
            f"must not be more than {DEVICES_LIMIT} device tokens, or {TOKENS_LIMIT} bytes of them,"
            f" with one integration, nor more than {ADDRESSES_LIMIT} bytes with all: "
            "replace or remove those that the subscriber has"
        )
        super().__init__(FieldProblem(FieldName.ADDRESS, most, kind="limit"))


def check_size(changes: SubscriberChanges) -> None:
    """Raise Invalid when data or addresses are too large to be stored or travel with a message.

    Sizes are those of JSON in ASCII, as items and messages hold it.
    """
    problems: list[Problem] = []
    if changes.data and len(json.dumps(changes.data)) > DATA_LIMIT:
        problems.append(FieldProblem(FieldName.DATA, f"must not be larger than {DATA_LIMIT} bytes"))
    named = _channels((), changes, datetime.min.replace(tzinfo=UTC))
    if fitting(named) != named:
        problems += NoRoom().problems
    if problems:
        raise Invalid(*problems)


def merge(
    subscriber: Subscriber | None,
    changes: SubscriberChanges,
    now: datetime,
    *,
    displacing: Iterable[Integration] | None = None,
) -> Subscriber:
    """Return the changed subscriber, or the same object when nothing changes.

    Raise NoRoom when there is none for the addresses. Where the tenant's integrations are given, to
    be `displacing`, the oldest addresses make room instead, and are on record as dead.
    """
    before = subscriber or Subscriber(id=changes.id, created_at=now, updated_at=now)
    given = {
        f.name: getattr(changes, f.name)
        for f in fields(changes)
        if f.name not in _NOT_FIELDS and getattr(changes, f.name) not in (None, "")
    }
    given |= dict.fromkeys(changes.clear)
    channels = wanted = _channels(before.channels, changes, now)
    dead = () if changes.revive else _without_room_made(before.dead, changes)
    if changes.channels:
        places = {(one.provider, one.integration) for one in changes.channels}
        channels = fitting(wanted, named=places)
    if channels != wanted:
        if displacing is None:
            raise NoRoom
        gone = _made_room(wanted, channels, displacing, now)
        dead = (*dead, *gone)[-DEAD_LIMIT:]
    after = replace(before, **given, channels=channels, dead=dead)
    if after == before and before.version:
        return before
    return replace(after, updated_at=now, version=before.version + 1)


def without_dead(subscriber: Subscriber, integrations: Iterable[Integration]) -> Subscriber:
    """Return the subscriber without the stored addresses that are dead; their deaths stay."""
    by_place = {(one.provider, one.identifier): one for one in integrations}
    kept: list[ChannelAddress] = []
    for one in subscriber.channels:
        integration = by_place.get((one.provider, one.integration or ""))
        dead = {
            value
            for address in one.addresses()
            if integration and subscriber.death_of(integration, address)
            for value in address.values()
        }
        if (alive := one.without(dead)).values:
            kept.append(alive)
    return replace(subscriber, channels=tuple(kept))


def _channels(
    stored: tuple[ChannelAddress, ...], changes: SubscriberChanges, now: datetime
) -> tuple[ChannelAddress, ...]:
    for address in changes.channels:
        stored = with_changes(stored, address, now=now, anew=changes.registers)
    return stored


def _made_room(
    wanted: Iterable[ChannelAddress],
    kept: Iterable[ChannelAddress],
    integrations: Iterable[Integration],
    now: datetime,
) -> Iterator[DeadAddress]:
    """Yield the addresses that were not kept, as dead ones."""
    ids_by_identifier = {one.identifier: one.id for one in integrations}
    left = {(one.provider, one.integration): one.values for one in kept}
    for one in wanted:
        for value in sorted(one.values - left.get((one.provider, one.integration), frozenset())):
            yield DeadAddress(
                mark=_room_mark(one.integration, value),
                integration=ids_by_identifier.get(one.integration or "", ""),
                code=MADE_ROOM,
                at=now,
                hint=value[-HINT:],
            )


def _without_room_made(
    dead: tuple[DeadAddress, ...], changes: SubscriberChanges
) -> tuple[DeadAddress, ...]:
    """Return the dead addresses without those that made room and are named again."""
    again = {_room_mark(one.integration, value) for one in changes.channels for value in one.values}
    return tuple(one for one in dead if one.mark not in again)


def _room_mark(integration: str | None, value: str) -> str:
    return ids.derived(MADE_ROOM, integration or "", value)
