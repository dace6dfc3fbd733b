"""Manage applications and projects, and switch everything inside one on or off."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from carillon.domain.base.errors import Conflict, NotFound
from carillon.domain.base.paging import every
from carillon.domain.base.terms import Noun
from carillon.domain.catalogue.applications import Application, project_of
from carillon.domain.tenancy.access import Grant
from carillon.ports import TenantPorts

_PAGE = 100


def create(application: Application, *, ports: TenantPorts) -> Application:
    """Create an application with its project; raise Conflict when the path is taken."""
    if not application.is_project:
        _declare(application.project, ports=ports)
    ports.applications.add(application)
    return application


def declare(path: str, *, ports: TenantPorts) -> None:
    """Create an application and its project if absent, when an event type is put into it."""
    try:
        ports.applications.get(path)
    except NotFound:
        _declare(project_of(path), ports=ports)
        _declare(path, ports=ports)


def change(path: str, changes: Mapping[str, Any], *, ports: TenantPorts) -> Application:
    before = ports.applications.get(path)
    after = replace(before, **changes)
    if after == before:
        return before
    after = replace(after, updated_at=ports.clock.now())
    ports.applications.save(after)
    return after


def remove(path: str, *, ports: TenantPorts) -> None:
    """Remove an application or project; raise Conflict unless it is empty."""
    application = ports.applications.get(path)
    if application.is_project:
        inside = [
            a.path for a in every(ports.applications.list) if a.project == path and not a.is_project
        ]
    else:
        inside = [event.slug for event in ports.event_types.list(path, None, 1).items]
    if inside:
        raise Conflict(f"{path!r} is not empty: {inside[0]!r} is in it")
    ports.applications.remove(path)


def reached(grant: Grant, *, ports: TenantPorts) -> list[Application]:
    """Return the projects and applications that a key reaches, ordered by path.

    Its own are there for it, whether or not anything has been said of them.
    """
    now = ports.clock.now()
    own = (project_of(grant.application), grant.application)
    implied = [Application(path=p, name=_name(p), created_at=now, updated_at=now) for p in own]
    known = {place.path: place for place in [*implied, *every(ports.applications.list)]}
    return [known[path] for path in sorted(known) if _is_reached(known[path], grant)]


def get_reached(path: str, *, grant: Grant, ports: TenantPorts) -> Application:
    for place in reached(grant, ports=ports):
        if place.path == path:
            return place
    raise NotFound(Noun.APPLICATION, path)


def _is_reached(place: Application, grant: Grant) -> bool:
    return grant.reaches(place.project, None if place.is_project else place.slug)


def _declare(path: str, *, ports: TenantPorts) -> None:
    now = ports.clock.now()
    declared = Application(path=path, name=_name(path), created_at=now, updated_at=now)
    with suppress(Conflict):  # it exists already
        ports.applications.add(declared)


def _name(path: str) -> str:
    return path.rpartition("/")[2]
