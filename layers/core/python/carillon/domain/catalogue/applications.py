"""Applications: namespaces of event types, grouped in projects."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from carillon.domain.catalogue.event_types import EventType


@dataclass(frozen=True, kw_only=True)
class Application:
    """An application, with the path "project/application"; or a project, with the path "project".

    `active`, `locked` and `paused` apply to all event types in it.
    """

    path: str
    name: str
    created_at: datetime
    updated_at: datetime
    description: str = ""
    active: bool = True
    locked: bool = False
    paused: bool = False
    version: int = 1

    @property
    def project(self) -> str:
        return project_of(self.path)

    @property
    def slug(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def is_project(self) -> bool:
        return "/" not in self.path


def project_of(path: str) -> str:
    return path.partition("/")[0]


def within(event: EventType, places: Iterable[Application]) -> EventType:
    """Return the event type as its application and project restrict it, or the same object."""
    active, locked, paused = event.active, event.locked, event.paused
    for place in places:
        active, locked, paused = (
            active and place.active,
            locked or place.locked,
            paused or place.paused,
        )
    if (active, locked, paused) == (event.active, event.locked, event.paused):
        return event
    return replace(event, active=active, locked=locked, paused=paused)
