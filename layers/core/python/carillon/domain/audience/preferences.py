"""Preferences: what a subscriber wants to hear of, and by which channels.

What is said of one event type goes before what is said of all, and where nothing is said, the event
type has its defaults.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.event_types import EventType, Priority

EVENTS_LIMIT = 500  # event types that one subscriber may say something of: they share an item


@dataclass(frozen=True, kw_only=True)
class Preference:
    """What was said; None, or an absent channel, where nothing was."""

    enabled: bool | None = None
    channels: Mapping[str, bool] = field(default_factory=dict)  # by the channel's name


@dataclass(frozen=True, kw_only=True)
class Preferences:
    overall: Preference = Preference()
    events: Mapping[str, Preference] = field(default_factory=dict)  # by `name` of the event type

    def of(self, event: EventType) -> Preference:
        """What was said of this event type alone."""
        return self.events.get(name(event), Preference())

    def enabled(self, event: EventType) -> bool:
        said = self._enabled(event)
        return event.defaults.enabled if said is None else said

    def channel(self, event: EventType, channel: Channel) -> bool:
        said = self.of(event).channels.get(channel, self.overall.channels.get(channel))
        if said is not None:
            return said
        if self._enabled(event):
            return event.defaults.channels.get(channel, True)
        return event.defaults.wants(channel)

    def allow(self, event: EventType, channel: Channel) -> bool:
        """Whether a message of the event may go by the channel; what is required always may."""
        if event.priority is Priority.REQUIRED:
            return True
        return self._enabled(event) is not False and self.channel(event, channel)

    def _enabled(self, event: EventType) -> bool | None:
        own = self.of(event).enabled
        return self.overall.enabled if own is None else own


UNSAID = Preferences()


@dataclass(frozen=True, kw_only=True)
class PreferenceChanges:
    """What to set, for one event type or (without) for all. None leaves as it is."""

    event: EventType | None = None
    enabled: bool | None = None
    channels: Mapping[str, bool] = field(default_factory=dict)


def name(event: EventType) -> str:
    return f"{event.application}#{event.slug}"


def change(preferences: Preferences, changes: PreferenceChanges) -> Preferences:
    """The preferences with the changes in them.

    What is said of a channel for all event types takes the place of what was said of it for single
    ones: https://docs.novu.co/platform/concepts/preferences
    Raise Invalid when too many event types are spoken of.
    """
    if changes.event is None:
        overall = _with(preferences.overall, changes)
        events = {of: _without(own, changes.channels) for of, own in preferences.events.items()}
        kept = {of: own for of, own in events.items() if own != Preference()}
        return Preferences(overall=overall, events=kept)
    own = _with(preferences.of(changes.event), changes)
    events = {**preferences.events, name(changes.event): own}
    if len(events) > EVENTS_LIMIT:
        raise Invalid(
            FieldProblem(
                FieldName.EVENT_TYPE, f"must be one of at most {EVENTS_LIMIT} with preferences"
            )
        )
    return replace(preferences, events=events)


def _with(said: Preference, changes: PreferenceChanges) -> Preference:
    enabled = said.enabled if changes.enabled is None else changes.enabled
    return Preference(enabled=enabled, channels={**said.channels, **changes.channels})


def _without(said: Preference, channels: Mapping[str, bool]) -> Preference:
    left = {channel: on for channel, on in said.channels.items() if channel not in channels}
    return replace(said, channels=left)
