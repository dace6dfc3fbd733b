"""Translate the older clients' notification templates to event types and back."""

import html
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from carillon.dialects.novu.schemas.notification_templates import (
    Block,
    ButtonResponse,
    ButtonsResponse,
    CallToActionResponse,
    CreateNotificationTemplateRequest,
    MessageTemplate,
    MessageTemplateResponse,
    NotificationTemplateRequest,
    NotificationTemplateResponse,
    NotificationTemplatesQuery,
    NotificationTemplatesResponse,
    Picture,
    PictureResponse,
    TargetResponse,
    TemplateStep,
    TemplateStepResponse,
    TriggerResponse,
    Variable,
)
from carillon.dialects.novu.translate import mail_bodies
from carillon.dialects.novu.translate.steps import CHANNELS, new_template, shown_of, slug
from carillon.dialects.novu.translate.workflows import priority
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import Defaults, EventType, Priority
from carillon.domain.catalogue.templates import InApp, Template, reworded
from carillon.domain.delivery.vocabulary import OfSubscriber, Root
from carillon.usecases.catalogue.definitions import EventTypeDefinition, Redefinition

_ACTORS_PICTURE = f"{{{{ {Root.ACTOR}.{OfSubscriber.AVATAR} }}}}"


def to_event_type(
    body: CreateNotificationTemplateRequest, application: str, now: datetime, made_by: str
) -> EventType:
    """Make an event type whose slug is derived from the name."""
    event = EventType(
        slug=slug(body.name),
        name=body.name,
        application=application,
        made_by=made_by,
        created_at=now,
        updated_at=now,
        active=False,
    )
    return replace(event, **changes(body, event))


def to_change(
    body: NotificationTemplateRequest,
) -> Callable[[EventTypeDefinition, datetime], Redefinition]:
    """A body without steps keeps the templates."""
    return lambda before, now: Redefinition(
        changes=changes(body, before.event),
        templates=to_templates(body.steps or [], before.event, now, before.templates),
        media=() if body.steps is None else CHANNELS,
    )


def changes(body: NotificationTemplateRequest, event: EventType) -> dict[str, Any]:
    """Return the given fields as changes of the event type."""
    given = body.model_dump(exclude_none=True, include={"name", "description", "active"})
    if body.tags is not None:
        given["tags"] = tuple(body.tags)
    if body.critical is not None:
        given["priority"] = priority(event, critical=body.critical)
    if body.preference_settings is not None:
        wanted = body.preference_settings
        channels = {channel: wanted[channel] for channel in CHANNELS if channel in wanted}
        given["defaults"] = Defaults(channels=channels)
    return given


def to_templates(
    steps: Sequence[TemplateStep], event: EventType, now: datetime, stored: Sequence[Template] = ()
) -> list[Template]:
    """Make a template for each step, replacing the one shown for it now."""
    shown = {template.medium: template for template in shown_of(stored)}
    return [
        _template(step, position, event, now, shown.get(Channel(step.type)))
        for position, step in enumerate(steps)
    ]


def _template(
    step: TemplateStep, position: int, event: EventType, now: datetime, before: Template | None
) -> Template:
    words, medium = step.template, Channel(step.type)
    body, markup = _body(words), ""
    if medium is Channel.EMAIL:
        body, markup = mail_bodies.split(body)
    subject = words.subject or words.title or ""
    known = before or new_template(medium, event)
    return replace(
        reworded(known, subject=subject, body=body, html=markup),
        name=step.name or (before.name if before else ""),
        position=position,
        active=bool(body or markup) and step.active is not False,
        in_app=_in_app(words) if medium is Channel.IN_APP else None,
        updated_at=now,
    )


def _body(words: MessageTemplate) -> str:
    if isinstance(words.content, str):
        return words.content
    return "\n".join(_markup(block) for block in words.content)


def _markup(block: Block) -> str:
    if block.type == "button":
        return f'<p><a href="{html.escape(block.url or "")}">{block.content}</a></p>'
    return f"<p>{block.content}</p>"


def _in_app(words: MessageTemplate) -> InApp:
    cta = words.cta
    url = (cta.data or {}).get("url") if cta else None
    buttons = (cta.action or {}).get("buttons") if cta else None
    labels = {
        button.get("type"): str(button.get("content") or "")
        for button in buttons or ()
        if isinstance(button, dict)
    }
    return InApp(
        avatar=_avatar(words.actor),
        url=str(url or ""),
        primary=labels.get("primary", ""),
        secondary=labels.get("secondary", ""),
    )


def _avatar(picture: Picture | None) -> str:
    """Return the source of the picture; that of the actor is a template's variable."""
    if picture is None or picture.type == "none":
        return ""
    return _ACTORS_PICTURE if picture.type == "user" else picture.data or ""


def _picture(avatar: str) -> PictureResponse | None:
    if not avatar:
        return None
    if avatar == _ACTORS_PICTURE:
        return PictureResponse(type="user")
    return PictureResponse(type="system_custom", data=avatar)


def asked_for(found: Iterable[EventType], query: NotificationTemplatesQuery) -> list[EventType]:
    return [event for event in found if query.query.lower() in event.name.lower()]


def page(
    shown: Sequence[EventTypeDefinition],
    query: NotificationTemplatesQuery,
    *,
    total: int,
    tenant: str,
) -> NotificationTemplatesResponse:
    return NotificationTemplatesResponse(
        data=[workflow(one, tenant) for one in shown],
        page=query.page,
        page_size=query.limit,
        total_count=total,
    )


def workflow(defined: EventTypeDefinition, tenant: str) -> NotificationTemplateResponse:
    event = defined.event
    names = (event.input_schema or {}).get("properties", {})
    return NotificationTemplateResponse(
        id=event.slug,
        organization_id=tenant,
        environment_id=tenant,
        name=event.name,
        description=event.description,
        tags=list(event.tags),
        active=event.active,
        draft=not event.active,
        critical=event.priority is Priority.REQUIRED,
        preference_settings={channel: event.defaults.wants(channel) for channel in CHANNELS},
        triggers=[
            TriggerResponse(
                identifier=event.slug, variables=[Variable(name=name) for name in names]
            )
        ],
        steps=[_step(template, event) for template in shown_of(defined.templates)],
        created_at=event.created_at,
        updated_at=event.updated_at,
    )


def _step(template: Template, event: EventType) -> TemplateStepResponse:
    id = f"{event.slug}:{template.medium}"
    mail = template.medium is Channel.EMAIL
    name = template.name or template.medium.replace("_", " ").capitalize()
    return TemplateStepResponse(
        id=id,
        template_id=id,
        name=name,
        active=template.active,
        template=MessageTemplateResponse(
            id=id,
            type=template.medium,
            name=name,
            content=template.html or template.body,
            content_type="customHtml" if mail else None,
            subject=template.subject if mail else None,
            title=template.subject if template.subject and not mail else None,
            cta=_cta(template.in_app) if template.in_app else None,
            actor=_picture(template.in_app.avatar) if template.in_app else None,
            active=template.active,
        ),
    )


def _cta(shown: InApp) -> CallToActionResponse:
    buttons = [
        ButtonResponse(type=kind, content=label)
        for kind, label in (("primary", shown.primary), ("secondary", shown.secondary))
        if label
    ]
    return CallToActionResponse(
        data=TargetResponse(url=shown.url), action=ButtonsResponse(buttons=buttons)
    )
