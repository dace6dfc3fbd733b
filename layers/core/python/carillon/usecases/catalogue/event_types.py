"""Create and change event types and their templates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Conflict, Invalid, NotFound, QuotaExceeded
from carillon.domain.base.paging import every
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName, Noun
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import Template, TemplateKey, in_force
from carillon.ports import TenantPorts
from carillon.usecases.catalogue import applications
from carillon.usecases.subscriptions import subscriptions

ATTEMPTS = 25  # of so many writers at once, each has its turn: one of them succeeds each time


def create(event: EventType, *, ports: TenantPorts) -> EventType:
    """Create an event type, and its application if absent; raise Conflict for a taken slug."""
    check(event, ports)
    applications.declare(event.application, ports=ports)
    try:
        ports.event_types.save(event, expected=None)
    except Conflict:
        taken = f"Event type {event.slug!r} exists already in {event.application!r}"
        raise Conflict(taken) from None
    return event


def change(
    application: str, slug: str, changes: Mapping[str, Any], *, ports: TenantPorts
) -> EventType:
    def changed(event: EventType) -> EventType:
        after = replace(event, **changes)
        check(after, ports)
        return after

    return save_next(application, slug, changed, ports=ports)


def remove(application: str, slug: str, *, ports: TenantPorts) -> None:
    """Remove an event type with its templates and subscriptions.

    The type goes last, so that a removal that was interrupted can be repeated.
    """
    event = ports.event_types.get(application, slug)
    for subscription in ports.subscriptions.for_event(application, slug):
        subscriptions.remove(subscription.id, ports=ports)
    for template in ports.templates.for_event(event):
        ports.templates.remove(template)
    ports.event_types.remove(application, slug)


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
    """Save a template, then its event type's next version, which makes it known to workers."""
    if template.provider:
        _check_provider(template, ports)
    problems = ports.renderer.check(template)
    if problems:
        raise Invalid(*problems)
    event = ports.event_types.get(template.application, template.event)
    if len(_others(ports.templates.for_event(event), template)) >= (most := ports.quotas.templates):
        raise QuotaExceeded(f"The event type has {most} of {most} templates")
    ports.templates.save(template)

    def with_it(event: EventType) -> EventType:
        others = _others(ports.templates.for_event(event), template)
        return replace(event, media=media_of([*others, template]))

    save_next(template.application, template.event, with_it, ports=ports)
    return template


def remove_template(application: str, slug: str, place: TemplateKey, *, ports: TenantPorts) -> None:
    gone = template(application, slug, place, ports=ports)
    ports.templates.remove(gone)

    def without_it(event: EventType) -> EventType:
        return replace(event, media=media_of(_others(ports.templates.for_event(event), gone)))

    save_next(application, slug, without_it, ports=ports)


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
    for _ in range(ATTEMPTS):
        event = ports.event_types.get(application, slug)
        after = replace(change(event), updated_at=ports.clock.now(), version=event.version + 1)
        try:
            ports.event_types.save(after, expected=event.version)
        except Conflict:
            continue
        return after
    raise Conflict(f"Event type {slug!r} is being changed by others; try again")


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
    """Return the other templates: the list may be older than the save or removal of this one."""
    return [t for t in templates if t.place != one.place]


def media_of(templates: Sequence[Template]) -> Mapping[Channel, bool]:
    known = in_force(templates)
    media = sorted({template.medium for template in known})
    return {medium: any(t.active for t in known if t.medium is medium) for medium in media}
