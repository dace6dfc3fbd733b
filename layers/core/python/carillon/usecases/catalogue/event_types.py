"""Create and change event types and their templates."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Conflict, Invalid, NotFound, QuotaExceeded
from carillon.domain.base.guards import Guarded
from carillon.domain.base.paging import every
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName, Noun
from carillon.domain.base.turns import in_turn
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import Template, TemplateKey, in_force
from carillon.ports import TenantPorts
from carillon.usecases.catalogue import applications
from carillon.usecases.subscriptions import subscriptions


def create(
    event: EventType, templates: Sequence[Template] = (), *, ports: TenantPorts
) -> EventType:
    """Create an event type with templates, and its application if absent.

    Raise Conflict for a slug that is taken.
    """
    event = replace(event, media=media_of(templates)) if templates else event
    check(event, ports)

    def attempt() -> EventType:
        seen = applications.declared(event.application, ports=ports)
        ports.event_types.add(event, templates=templates, seen=seen)
        return event

    try:
        return in_turn(attempt, ports.clock.pause)
    except Conflict:
        taken = f"Event type {event.slug!r} exists already in {event.application!r}"
        raise Conflict(taken) from None


def change(
    application: str,
    slug: str,
    changes: Mapping[str, Any] | Callable[[EventType], Mapping[str, Any]],
    *,
    ports: TenantPorts,
) -> EventType:
    """Change fields of an event type; changes may be made from the stored one."""

    def changed(event: EventType) -> EventType:
        after = replace(event, **(changes(event) if callable(changes) else changes))
        check(after, ports)
        return after

    return save_next(application, slug, changed, ports=ports)


def remove(application: str, slug: str, *, ports: TenantPorts) -> None:
    """Remove an event type with its templates and subscriptions.

    The type goes last, so that a removal that was interrupted can be repeated; and only if nobody
    has subscribed to it, or given it a template, since these were read.
    """

    def attempt() -> None:
        seen = ports.guards.see(Guarded.SUBSCRIPTIONS)
        event = ports.event_types.get(application, slug)
        templates = ports.templates.for_event(event)
        for subscription in ports.subscriptions.for_event(application, slug):
            with suppress(NotFound):  # somebody else has just removed it
                subscriptions.remove(subscription.id, ports=ports)
        if templates:
            bare = replace(event, media={}, version=event.version + 1)
            ports.event_types.save(bare, expected=event.version, removed=templates)
            event = bare
        ports.event_types.remove(application, slug, version=event.version, seen=seen)

    in_turn(attempt, ports.clock.pause)


def template(application: str, slug: str, place: TemplateKey, *, ports: TenantPorts) -> Template:
    found = find_template(application, slug, place, ports=ports)
    if found is None:
        raise NotFound(Noun.TEMPLATE, f"{place.medium}/{place.locale}")
    return found


def all_of(application: str, *, ports: TenantPorts) -> Sequence[EventType]:
    """Return all event types of an application: tens of them, seldom hundreds."""
    return list(every(partial(ports.event_types.list, application)))


def find_template(
    application: str, slug: str, place: TemplateKey, *, ports: TenantPorts
) -> Template | None:
    """Return the template, or None; raise NotFound for an unknown event type."""
    event = ports.event_types.get(application, slug)
    found = ports.templates.for_event(event)
    return next((template for template in found if template.place == place), None)


def put_template(template: Template, *, ports: TenantPorts) -> Template:
    """Save a template with its event type's next version, which makes it known to workers."""
    if template.provider:
        _check_provider(template, ports)
    problems = ports.renderer.check(template)
    if problems:
        raise Invalid(*problems)

    def attempt() -> Template:
        event = ports.event_types.get(template.application, template.event)
        others = _others(ports.templates.for_event(event), template)
        if len(others) >= (most := ports.quotas.templates):
            raise QuotaExceeded(f"The event type has {most} of {most} templates")
        save_version(event, [*others, template], saved=[template], ports=ports)
        return template

    return in_turn(attempt, ports.clock.pause)


def remove_template(application: str, slug: str, place: TemplateKey, *, ports: TenantPorts) -> None:
    def attempt() -> None:
        event = ports.event_types.get(application, slug)
        templates = ports.templates.for_event(event)
        gone = [template for template in templates if template.place == place]
        if not gone:
            raise NotFound(Noun.TEMPLATE, f"{place.medium}/{place.locale}")
        save_version(event, _others(templates, gone[0]), removed=gone, ports=ports)

    in_turn(attempt, ports.clock.pause)


def remove_templates(
    application: str, slug: str, meant: Callable[[Template], bool], *, ports: TenantPorts
) -> None:
    """Remove these templates; absent ones are ignored."""
    try:
        event = ports.event_types.get(application, slug)
        for found in ports.templates.for_event(event):
            if meant(found):
                remove_template(application, slug, found.place, ports=ports)
    except NotFound:
        return


def _check_provider(template: Template, ports: TenantPorts) -> None:
    """Raise Invalid unless the template's provider exists and serves its medium."""
    known = template.provider in ports.providers.ids()
    if not known or ports.providers.get(template.provider).channel != template.medium:
        raise Invalid(
            FieldProblem(
                FieldName.PROVIDER, f"must be a provider of {template.medium}", template.provider
            )
        )


def save_next(
    application: str, slug: str, change: Callable[[EventType], EventType], *, ports: TenantPorts
) -> EventType:
    """Save the next version of an event type, made from the newest stored one."""

    def attempt() -> EventType:
        event = ports.event_types.get(application, slug)
        after = replace(change(event), updated_at=ports.clock.now(), version=event.version + 1)
        ports.event_types.save(after, expected=event.version)
        return after

    return in_turn(attempt, ports.clock.pause)


def save_version(
    event: EventType,
    templates: Sequence[Template],
    *,
    saved: Sequence[Template] = (),
    removed: Sequence[Template] = (),
    ports: TenantPorts,
) -> EventType:
    """Save the version after the one that was read, and with it what makes these its templates.

    Raise Changed, with nothing saved, when it is not the stored version any more.
    """
    after = replace(
        event,
        media=media_of(templates),
        updated_at=ports.clock.now(),
        version=event.version + 1,
    )
    ports.event_types.save(after, expected=event.version, templates=saved, removed=removed)
    return after


def check(event: EventType, ports: TenantPorts) -> None:
    """Raise Invalid for schemas that are not valid, and samples that do not match them."""
    problems: list[FieldProblem] = []
    for field, schema in (
        (FieldName.INPUT_SCHEMA, event.input_schema),
        (FieldName.OUTPUT_SCHEMA, event.output_schema),
    ):
        if schema is not None:
            problems += ports.schemas.check(schema, at=field)
    for field, schema, sample in (
        (FieldName.SAMPLE, event.input_schema, event.sample),
        (FieldName.SAMPLE_OUTPUT, event.output_schema, event.sample_output),
    ):
        if not problems and schema is not None and sample is not None:
            problems += ports.schemas.validate(schema, sample, at=field)
    if problems:
        raise Invalid(*problems)


def _others(templates: Sequence[Template], one: Template) -> list[Template]:
    return [t for t in templates if t.place != one.place]


def media_of(templates: Sequence[Template]) -> Mapping[Channel, bool]:
    known = in_force(templates)
    media = sorted({template.medium for template in known})
    return {medium: any(t.active for t in known if t.medium is medium) for medium in media}
