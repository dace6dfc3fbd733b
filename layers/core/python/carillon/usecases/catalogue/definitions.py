"""Create and change an event type together with all its templates."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from carillon.domain.base import ids
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Conflict, Invalid
from carillon.domain.base.paging import every
from carillon.domain.base.terms import FieldName
from carillon.domain.base.turns import in_turn
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import Template
from carillon.ports import TenantPorts
from carillon.usecases.catalogue import event_types

_SLUGS_TRIED = 5


@dataclass(frozen=True, kw_only=True)
class EventTypeDefinition:
    """A stored event type with its templates, in order."""

    event: EventType
    templates: Sequence[Template]


@dataclass(frozen=True, kw_only=True)
class Redefinition:
    """Changes to an event type, and all the templates that the given media shall have."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    templates: Sequence[Template] = ()
    media: Collection[Channel] = ()


def get(application: str, slug: str, *, ports: TenantPorts) -> EventTypeDefinition:
    event = ports.event_types.get(application, slug)
    return completed(event, ports=ports)


def completed(event: EventType, *, ports: TenantPorts) -> EventTypeDefinition:
    return _defined(event, ports.templates.for_event(event))


def all_of(application: str, *, ports: TenantPorts) -> Iterator[EventType]:
    """Return every event type of an application, ordered by slug."""
    return every(partial(ports.event_types.list, application))


def define(
    event: EventType, templates: Sequence[Template], *, ports: TenantPorts
) -> EventTypeDefinition:
    """Create an event type; raise Conflict when its slug is taken.

    One that the same request made before (`made_by`) is taken as it is.
    """
    _check(templates, ports)
    try:
        made = event_types.create(event, templates, ports=ports)
    except Conflict:
        stored = ports.event_types.get(event.application, event.slug)
        if not event.made_by or stored.made_by != event.made_by:
            raise
        return completed(stored, ports=ports)
    return _defined(made, templates)


def define_anew(
    event: EventType, templates: Sequence[Template], *, ports: TenantPorts
) -> EventTypeDefinition:
    """Define an event type by its slug, or by a longer one while that is taken.

    Raise Conflict when no free slug was found.
    """
    for attempt in range(_SLUGS_TRIED):
        slug = ids.suffixed(event.slug) if attempt else event.slug
        named = [replace(template, event=slug) for template in templates]
        with suppress(Conflict):
            return define(replace(event, slug=slug), named, ports=ports)
    raise Conflict(f"An event type {event.slug!r} exists already")


def redefine(
    application: str,
    slug: str,
    change: Callable[[EventTypeDefinition, datetime], Redefinition],
    *,
    ports: TenantPorts,
) -> EventTypeDefinition:
    """Change an event type and save these templates; media without one lose their templates.

    `change` makes the changes from the stored definition and the time. Templates in other
    languages or for one provider stay, and so do those of other media than the given. Invalid
    names a template's part as `templates.0.body`.
    """

    def attempt() -> EventTypeDefinition:
        before = get(application, slug, ports=ports)
        found, stored = change(before, ports.clock.now()), before.templates
        after, templates = replace(before.event, **found.changes), found.templates
        event_types.check(after, ports)
        _check(templates, ports)
        saved = {template.place for template in templates}
        gone = set(found.media) - {template.medium for template in templates}
        kept = [old for old in stored if old.medium not in gone and old.place not in saved]
        removed = [old for old in stored if old.medium in gone]
        now = [*kept, *templates]
        event = event_types.save_version(after, now, saved=templates, removed=removed, ports=ports)
        return _defined(event, now)

    return in_turn(attempt, ports.clock.pause)


def _defined(event: EventType, templates: Iterable[Template]) -> EventTypeDefinition:
    return EventTypeDefinition(
        event=event, templates=sorted(templates, key=lambda t: (t.position, t.medium))
    )


def _check(templates: Sequence[Template], ports: TenantPorts) -> None:
    problems = [
        problem.under(FieldName.TEMPLATES, str(number))
        for number, template in enumerate(templates)
        for problem in ports.renderer.check(template)
    ]
    if problems:
        raise Invalid(*problems)
