"""Translate event types and templates between wire and domain."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from carillon.dialects.admin.schemas.event_types import (
    CreateEventTypeRequest,
    EventTypeResponse,
    PutTemplateRequest,
    TemplateQuery,
    TemplateResponse,
)
from carillon.dialects.common import path_id, path_slug
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import NotFound
from carillon.domain.base.terms import Noun
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import (
    InApp,
    Language,
    Template,
    TemplateKey,
    canonical_locale,
)


def slug_of(path: Mapping[str, str]) -> str:
    return path_slug(path, Noun.EVENT_TYPE)


def to_event_type(body: CreateEventTypeRequest, application: str, now: datetime) -> EventType:
    return EventType(
        slug=body.slug,
        name=body.name,
        application=body.application or application,
        description=body.description,
        input_schema=body.input_schema,
        output_schema=body.output_schema,
        sample=body.sample,
        sample_output=body.sample_output,
        category=body.category,
        tags=body.tags,
        priority=body.priority,
        severity=body.severity,
        active=body.active,
        locked=body.locked,
        paused=body.paused,
        created_at=now,
        updated_at=now,
    )


def event_type(event: EventType) -> EventTypeResponse:
    return EventTypeResponse(
        slug=event.slug,
        name=event.name,
        application=event.application,
        description=event.description,
        input_schema=_mutable(event.input_schema),
        output_schema=_mutable(event.output_schema),
        sample=_mutable(event.sample),
        sample_output=_mutable(event.sample_output),
        category=event.category,
        tags=list(event.tags),
        priority=event.priority,
        severity=event.severity,
        active=event.active,
        locked=event.locked,
        paused=event.paused,
        media=dict(event.media),
        version=event.version,
        created_at=event.created_at,
        updated_at=event.updated_at,
    )


def to_template(body: PutTemplateRequest, event: str, application: str, now: datetime) -> Template:
    return Template(
        event=event,
        application=application,
        medium=body.medium,
        provider=body.provider,
        locale=body.locale,
        subject=body.subject,
        body=body.body,
        html=body.html,
        language=Language.of(body.subject, body.body, body.html),
        active=body.active,
        in_app=InApp(**body.in_app.model_dump()) if body.in_app else None,
        updated_at=now,
    )


def template(template: Template) -> TemplateResponse:
    return TemplateResponse(
        event_type=template.event,
        application=template.application,
        medium=template.medium,
        provider=template.provider,
        locale=template.locale,
        custom=template.custom,
        language=template.language,
        subject=template.subject,
        body=template.body,
        html=template.html,
        active=template.active,
        in_app=dict(vars(template.in_app)) if template.in_app else None,
        updated_at=template.updated_at,
    )


def place(template: Template) -> str:
    """Return a template's unique place within its event type, which also sorts it."""
    return "/".join(map(str, template.place))


def template_path(path: Mapping[str, str], query: TemplateQuery) -> tuple[str, TemplateKey]:
    """Return the event type and the template's key, with its locale as stored."""
    medium = path_id(path, Noun.TEMPLATE, "medium")
    if medium not in frozenset(Channel):
        raise NotFound(Noun.TEMPLATE, medium)
    locale = canonical_locale(path_id(path, Noun.TEMPLATE, "locale"))
    return slug_of(path), TemplateKey(Channel(medium), query.provider, locale, query.custom)


def _mutable(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if value is None else dict(value)
