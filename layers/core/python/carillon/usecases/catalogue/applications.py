"""Manage applications and projects, and switch everything inside one on or off."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from carillon.domain.base.errors import Conflict, NotFound
from carillon.domain.base.guards import Guarded, Seen
from carillon.domain.base.paging import every
from carillon.domain.base.terms import Noun
from carillon.domain.base.turns import in_turn
from carillon.domain.catalogue.applications import Application, project_of
from carillon.domain.tenancy.access import Grant
from carillon.ports import TenantPorts

_PAGE = 100


def create(application: Application, *, ports: TenantPorts) -> Application:
    """Create an application with its project; raise Conflict when the path is taken."""

    def attempt() -> Application:
        around = () if application.is_project else (application.project,)
        ports.applications.add(application, seen=_declared(around, ports))
        return application

    return in_turn(attempt, ports.clock.pause)


def declared(path: str, *, ports: TenantPorts) -> Seen:
    """Create an application and its project if absent, when an event type is put into it.

    Return the catalogue as it was seen with them in it.
    """
    return _declared((project_of(path), path), ports)


def change(path: str, changes: Mapping[str, Any], *, ports: TenantPorts) -> Application:
    def attempt() -> Application:
        before = ports.applications.get(path)
        if replace(before, **changes) == before:
            return before
        now, version = ports.clock.now(), before.version + 1
        after = replace(before, **changes, updated_at=now, version=version)
        ports.applications.save(after)
        return after

    return in_turn(attempt, ports.clock.pause)


def remove(path: str, *, ports: TenantPorts) -> None:
    """Remove an application or project; raise Conflict unless it is empty."""

    def attempt() -> None:
        seen = ports.guards.see(Guarded.CATALOGUE)
        application = ports.applications.get(path)
        if inside := _inside(application, ports):
            raise Conflict(f"{path!r} is not empty: {inside!r} is in it")
        ports.applications.remove(path, seen=seen)

    in_turn(attempt, ports.clock.pause)


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


def _inside(place: Application, ports: TenantPorts) -> str:
    """Name one of the applications or event types in the place; empty when there is none."""
    if place.is_project:
        known = every(ports.applications.list)
        inside = (one.path for one in known if one.project == place.path and not one.is_project)
    else:
        inside = (event.slug for event in ports.event_types.list(place.path, None, 1).items)
    return next(inside, "")


def _is_reached(place: Application, grant: Grant) -> bool:
    return grant.reaches(place.project, None if place.is_project else place.slug)


def _declared(paths: Sequence[str], ports: TenantPorts) -> Seen:
    seen = ports.guards.see(Guarded.CATALOGUE)
    while missing := [path for path in paths if not _is_there(path, ports)]:
        now = ports.clock.now()
        name = _name(missing[0])
        new = Application(path=missing[0], name=name, created_at=now, updated_at=now)
        with suppress(Conflict):  # somebody else has just declared it
            ports.applications.add(new, seen=seen)
        seen = ports.guards.see(Guarded.CATALOGUE)
    return seen


def _is_there(path: str, ports: TenantPorts) -> bool:
    try:
        ports.applications.get(path)
    except NotFound:
        return False
    return True


def _name(path: str) -> str:
    return path.rpartition("/")[2]
