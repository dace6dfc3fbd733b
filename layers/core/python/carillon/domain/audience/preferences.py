"""Preferences: the event types that a subscriber wants, and by which channels.

A message may use a channel unless one of three levels has switched it off: the event type, the
subscriber for all event types, or the subscriber for this one. For a required event type, only the
first level counts.
Source: https://docs.novu.co/platform/concepts/preferences, "Priority of preferences"
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.event_types import EventType, Priority

# Of one subscriber's choices for single event types, which share an item.
EVENTS_LIMIT = 500
BYTES_LIMIT = 100 * 1024  # of JSON


@dataclass(frozen=True, kw_only=True)
class Preference:
    """A subscriber's choices; None, or an absent channel, is no choice."""

    enabled: bool | None = None
    channels: Mapping[str, bool] = field(default_factory=dict)  # by the channel's name


@dataclass(frozen=True, kw_only=True)
class Preferences:
    overall: Preference = field(default_factory=Preference)
    events: Mapping[str, Preference] = field(default_factory=dict)  # by `name` of the event type

    def of(self, event: EventType) -> Preference:
        """Return the choices for this event type alone."""
        return self.events.get(name(event), Preference())

    def enabled(self, event: EventType) -> bool:
        """Whether an event of the type is wanted at all."""
        return event.defaults.enabled and self._leave_on(event)

    def channel(self, event: EventType, channel: Channel) -> bool:
        """Whether no level has switched the channel off."""
        if not event.defaults.wants(channel) or event.priority is Priority.REQUIRED:
            return event.defaults.wants(channel)
        levels = (self.overall, self.of(event))
        return all(said.channels.get(channel) is not False for said in levels)

    def allow(self, event: EventType, channel: Channel) -> bool:
        """Whether a message of the event may use the channel: no level has switched it off."""
        return self._leave_on(event) and self.channel(event, channel)

    def _leave_on(self, event: EventType) -> bool:
        """Whether it is required, or the subscriber has switched off neither it nor all."""
        if event.priority is Priority.REQUIRED:
            return True
        return self.overall.enabled is not False and self.of(event).enabled is not False


@dataclass(frozen=True, kw_only=True)
class PreferenceChanges:
    """Choices to set, for one event type or, without one, for all; None keeps the stored one."""

    event: EventType | None = None
    enabled: bool | None = None
    channels: Mapping[str, bool] = field(default_factory=dict)


def name(event: EventType) -> str:
    return f"{event.application}#{event.slug}"


def change(preferences: Preferences, changes: PreferenceChanges) -> Preferences:
    """Return the changed preferences; raise Invalid for choices for too many event types.

    A choice of a channel for all event types replaces the choices of it for single ones, as
    https://docs.novu.co/platform/concepts/preferences describes.
    """
    if changes.event is None:
        overall = _with(preferences.overall, changes)
        events = {of: _without(own, changes.channels) for of, own in preferences.events.items()}
        kept = {of: own for of, own in events.items() if own != Preference()}
        return Preferences(overall=overall, events=kept)
    own = _with(preferences.of(changes.event), changes)
    events = {**preferences.events, name(changes.event): own}
    if len(events) > EVENTS_LIMIT or _size(events) > BYTES_LIMIT:
        most = f"{EVENTS_LIMIT}, or {BYTES_LIMIT} bytes of them,"
        raise Invalid(
            FieldProblem(FieldName.EVENT_TYPE, f"must be one of at most {most} with preferences")
        )
    return replace(preferences, events=events)


def _size(events: Mapping[str, Preference]) -> int:
    return len(json.dumps({name: vars(own) for name, own in events.items()}))


def _with(said: Preference, changes: PreferenceChanges) -> Preference:
    enabled = said.enabled if changes.enabled is None else changes.enabled
    return Preference(enabled=enabled, channels={**said.channels, **changes.channels})


def _without(said: Preference, channels: Mapping[str, bool]) -> Preference:
    left = {channel: on for channel, on in said.channels.items() if channel not in channels}
    return replace(said, channels=left)
