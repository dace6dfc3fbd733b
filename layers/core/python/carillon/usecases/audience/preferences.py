"""Show and change subscribers' preferences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from carillon.domain.audience import preferences
from carillon.domain.audience.preferences import PreferenceChanges, Preferences
from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.base.errors import MustBeHeard, NotFound
from carillon.domain.base.paging import every
from carillon.domain.base.terms import Noun
from carillon.domain.catalogue.event_types import EventType, Priority
from carillon.ports import TenantPorts
from carillon.usecases.audience import subscribers, updates


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """A subscriber's preferences, and the event types they apply to."""

    preferences: Preferences
    events: Sequence[EventType]


def wishes(
    id: str, *, application: str, required: bool | None = None, ports: TenantPorts
) -> Wishes:
    """Against the active event types that reach people; only what must be heard, or only the rest.

    Raise NotFound when there is no such subscriber.
    """
    subscriber = subscribers.get(id, ports=ports)
    return _wishes(subscriber, application, required, ports)


def change(id: str, changes: Sequence[PreferenceChanges], *, ports: TenantPorts) -> Preferences:
    """Change preferences in one save.

    Raise NotFound for an unknown subscriber, MustBeHeard for required event types, Invalid for
    preferences for too many event types.
    """
    required = [
        one.event.slug for one in changes if one.event and one.event.priority is Priority.REQUIRED
    ]
    if required:
        raise MustBeHeard(required)

    def changed(stored: Subscriber) -> Subscriber:
        wanted = stored.preferences
        for one in changes:
            wanted = preferences.change(wanted, one)
        return replace(stored, preferences=wanted)

    return updates.change(id, changed, ports=ports).preferences


def change_each(
    id: str, channels: Mapping[str, Mapping[str, bool]], *, application: str, ports: TenantPorts
) -> tuple[Preferences, Sequence[EventType]]:
    """Change the channels of many event types, given by slug, in one save.

    Return the preferences with those event types. Raise NotFound when one of them or the
    subscriber is missing, MustBeHeard when one of them is required; then nothing is changed.
    """
    known = ports.event_types.get_many(application, list(channels))
    if missing := [slug for slug in channels if slug not in known]:
        raise NotFound(Noun.EVENT_TYPE, missing[0])
    changes = [
        PreferenceChanges(event=known[slug], channels=wanted) for slug, wanted in channels.items()
    ]
    return change(id, changes, ports=ports), [known[slug] for slug in channels]


def _wishes(
    subscriber: Subscriber, application: str, required: bool | None, ports: TenantPorts
) -> Wishes:
    events = [
        event
        for event in event_types(application, ports=ports)
        if event.active
        and any(event.media.values())
        and required in {None, event.priority is Priority.REQUIRED}
    ]
    return Wishes(preferences=subscriber.preferences, events=events)


def event_types(application: str, *, ports: TenantPorts) -> Sequence[EventType]:
    return list(every(partial(ports.event_types.list, application)))
