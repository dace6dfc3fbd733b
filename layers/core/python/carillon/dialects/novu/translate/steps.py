"""Translate the steps of workflows to templates and back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from carillon.dialects.novu.schemas.steps import (
    MEDIA,
    Action,
    Controls,
    ControlsMetadata,
    ControlValues,
    Issue,
    Redirect,
    Step,
    StepIssues,
    StepResponse,
)
from carillon.dialects.novu.translate import mail_bodies
from carillon.domain.base import ids
from carillon.domain.base.channels import Channel
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import DEFAULT_LOCALE, InApp, Template, in_force, reworded
from carillon.domain.delivery.vocabulary import OfSubscriber, OfTenant, OfWorkflow, Root

CHANNELS = tuple(Channel(medium) for medium in MEDIA)


def slug(text: str) -> str:
    """Derive a slug: `order-shipped` for `Order shipped!`, `workflow` for no ASCII letters."""
    return ids.slug(text) or "workflow"


def to_templates(
    steps: Sequence[Step], event: EventType, now: datetime, stored: Sequence[Template] = ()
) -> list[Template]:
    """Make a template for each step, replacing the one shown for it now."""
    shown = {template.medium: template for template in shown_of(stored)}
    found = []
    for position, step in enumerate(steps):
        medium = Channel(step.type)
        controls = step.control_values or Controls()
        body, html = controls.body or "", ""
        if medium is Channel.EMAIL:
            body, html = mail_bodies.split(body)
        before = shown.get(medium) or new_template(medium, event)
        found.append(
            replace(
                reworded(before, subject=controls.subject or "", body=body, html=html),
                name=step.name,
                position=position,
                active=bool(body or html),
                in_app=_in_app(controls) if medium is Channel.IN_APP else None,
                updated_at=now,
            )
        )
    return found


def new_template(medium: Channel, event: EventType) -> Template:
    return Template(
        event=event.slug,
        application=event.application,
        medium=medium,
        body="",
        updated_at=event.updated_at,
    )


def _in_app(controls: Controls) -> InApp:
    primary, secondary = controls.primary_action, controls.secondary_action
    return InApp(
        avatar=controls.avatar or "",
        url=controls.redirect.url if controls.redirect else "",
        primary=_label(primary),
        primary_url=_url(primary),
        secondary=_label(secondary),
        secondary_url=_url(secondary),
    )


def _label(action: Action | None) -> str:
    return (action.label if action else None) or ""


def _url(action: Action | None) -> str:
    return action.redirect.url if action and action.redirect else ""


def shown_of(templates: Sequence[Template]) -> list[Template]:
    """Choose the template of each medium that is shown as its step."""
    chosen: dict[Channel, Template] = {}
    common = (template for template in in_force(templates) if not template.provider)
    for template in sorted(common, key=lambda t: (t.locale != DEFAULT_LOCALE, t.locale)):
        if template.medium in CHANNELS:
            chosen.setdefault(template.medium, template)
    order = {medium: number for number, medium in enumerate(CHANNELS)}
    return sorted(chosen.values(), key=lambda t: (t.position, order[t.medium]))


def step(template: Template, event: EventType) -> StepResponse:
    values = _values(template)
    return StepResponse(
        id=f"{event.slug}:{template.medium}",
        step_id=template.step,
        slug=template.step,
        name=template.title,
        type=template.medium,
        workflow_id=event.slug,
        workflow_database_id=event.slug,
        controls=ControlsMetadata(values=values),
        control_values=values,
        variables=_variables(event),
        issues=None if values.body else _ISSUES,
    )


_ISSUES = StepIssues(
    controls={"body": [Issue(message="Body is required: nothing is sent without it")]}
)


def _values(template: Template) -> ControlValues:
    mail, shown = template.medium is Channel.EMAIL, template.in_app or InApp()
    return ControlValues(
        subject=template.subject if mail or template.subject else None,
        body=template.html or template.body,
        editor_type=("html" if template.html else "block") if mail else None,
        avatar=shown.avatar or None,
        primary_action=_action(shown.primary, shown.primary_url),
        secondary_action=_action(shown.secondary, shown.secondary_url),
        redirect=_redirect(shown.url),
    )


def _action(label: str, url: str) -> Action | None:
    return Action(label=label, redirect=_redirect(url)) if label else None


def _redirect(url: str) -> Redirect | None:
    return Redirect(url=url) if url else None


def _variables(event: EventType) -> dict[str, Any]:
    """Return the variables of the step's Liquid as a JSON Schema."""
    return {
        "type": "object",
        "properties": {
            Root.PAYLOAD: dict(event.input_schema or {"type": "object"}),
            Root.SUBSCRIBER: _object(OfSubscriber),
            Root.ACTOR: _object(OfSubscriber),
            Root.TENANT: _object(OfTenant),
            Root.WORKFLOW: _object(OfWorkflow),
            Root.CONTEXT: {"type": "object"},
        },
    }


def _object(names: type[StrEnum]) -> dict[str, Any]:
    kinds = {"data": "object", "isOnline": "boolean", "tags": "array"}
    properties = {str(name): {"type": kinds.get(name, "string")} for name in names}
    return {"type": "object", "properties": properties}
