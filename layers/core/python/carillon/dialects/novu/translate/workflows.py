"""Between Novu's workflows and event types with their templates."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from carillon.dialects.common import path_slug
from carillon.dialects.novu.schemas.workflows import (
    MEDIA,
    Action,
    AllPreference,
    ChannelPreference,
    Controls,
    ControlsMetadata,
    ControlValues,
    CreateWorkflowRequest,
    Issue,
    PatchWorkflowRequest,
    Preferences,
    PreferencesRequest,
    PreferencesResponse,
    Redirect,
    Severity,
    Step,
    StepIssues,
    StepOverview,
    StepResponse,
    UpdateWorkflowRequest,
    WorkflowOverview,
    WorkflowResponse,
    WorkflowsQuery,
    WorkflowsResponse,
    WorkflowStatus,
)
from carillon.dialects.novu.translate import wording
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid, NotFound
from carillon.domain.catalogue import event_types
from carillon.domain.catalogue.event_types import Defaults, EventType, Priority
from carillon.domain.catalogue.templates import DEFAULT_LOCALE, InApp, Template, in_force
from carillon.usecases.catalogue.definitions import EventTypeDefinition, Redefinition

CHANNELS = tuple(Channel(medium) for medium in MEDIA)
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 90  # leaves room for what tells two of the same name apart

_SEVERITY: Mapping[Severity, event_types.Severity] = {
    "high": event_types.Severity.CRITICAL,
    "medium": event_types.Severity.WARN,
    "low": event_types.Severity.INFO,
    "none": event_types.Severity.INFO,
}
_SEVERITY_SHOWN: Mapping[event_types.Severity, Severity] = {
    event_types.Severity.CRITICAL: "high",
    event_types.Severity.WARN: "medium",
    event_types.Severity.INFO: "none",
}


@contextmanager
def in_novus_words() -> Iterator[None]:
    """A workflow in the path that is missing, and what is wrong with a step, as Novu says it."""
    try:
        yield
    except NotFound as error:
        raise NotFound("workflow", error.id) from None
    except Invalid as error:
        raise type(error)(*(replace(p, path=_path(p.path)) for p in error.problems)) from None


def _path(path: str) -> str:
    """`templates.0.body` as `steps.0.controlValues.body`."""
    match path.split("."):
        case ["templates", number, part]:
            return f"steps.{number}.controlValues.{'body' if part == 'html' else part}"
        case ["templates", number, _, part]:
            return f"steps.{number}.controlValues.{part}"
        case ["input_schema", *rest]:
            return ".".join(["payloadSchema", *rest])
        case _:
            return path


def slug(text: str) -> str:
    """`Order shipped!` as `order-shipped`; "workflow" for what has no letter of ours."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_IN_SLUGS.sub("-", plain)[:_LONGEST_SLUG].strip("-") or "workflow"


def to_event_type(
    body: CreateWorkflowRequest, application: str, now: datetime, made_by: str
) -> EventType:
    event = EventType(
        slug=body.workflow_id,
        name=body.name,
        application=application,
        made_by=made_by,
        created_at=now,
        updated_at=now,
        active=False,  # as Novu's: what is not said to be active is not
    )
    return replace(event, **changes(body, event))


def slug_of(path: Mapping[str, str]) -> str:
    return path_slug(path, "workflow")


def to_change(
    body: UpdateWorkflowRequest | PatchWorkflowRequest,
) -> Callable[[EventTypeDefinition, datetime], Redefinition]:
    """The steps of an update are all there shall be; a patch has none, and changes none."""

    def change(before: EventTypeDefinition, now: datetime) -> Redefinition:
        if isinstance(body, PatchWorkflowRequest):
            return Redefinition(changes=changes(body, before.event))
        return Redefinition(
            changes=changes(body, before.event),
            templates=to_templates(body.steps, before.event, now, before.templates),
            media=CHANNELS,
        )

    return change


def changes(
    body: CreateWorkflowRequest | UpdateWorkflowRequest | PatchWorkflowRequest,
    event: EventType,
) -> dict[str, Any]:
    """What is given, by the fields of an event type; null takes the schema away alone."""
    given = body.model_dump(exclude_none=True, include=_SAME)
    if body.tags is not None:
        given["tags"] = tuple(body.tags)
    if body.validate_payload is not None:
        given["validates"] = body.validate_payload
    if "payload_schema" in body.model_fields_set:
        given["input_schema"] = body.payload_schema
    if not isinstance(body, PatchWorkflowRequest):
        if body.severity:
            given["severity"] = _SEVERITY[body.severity]
        if body.preferences:
            given |= _preferences(body.preferences, event)
    return given


_SAME = {"name", "description", "active"}


def _preferences(preferences: PreferencesRequest, event: EventType) -> dict[str, Any]:
    chosen = preferences.user or preferences.workflow
    if chosen is None:
        return {}
    channels = {
        Channel(name): preference.enabled
        for name, preference in chosen.channels.items()
        if name in MEDIA
    }
    return {
        "defaults": Defaults(enabled=chosen.all.enabled, channels=channels),
        "priority": priority(event, critical=chosen.all.read_only),
    }


def priority(event: EventType, *, critical: bool) -> Priority:
    """Critical is what nobody may do without; how dear the rest is stays as it was."""
    if critical:
        return Priority.REQUIRED
    return Priority.OPTIONAL if event.priority is Priority.REQUIRED else event.priority


def to_templates(
    steps: Sequence[Step], event: EventType, now: datetime, stored: Sequence[Template] = ()
) -> list[Template]:
    """A template a step, in the place of the one that is shown for it now."""
    shown = {template.medium: template for template in shown_of(stored)}
    found = []
    for position, step in enumerate(steps):
        medium = Channel(step.type)
        controls = step.control_values or Controls()
        body, html = controls.body or "", ""
        if medium is Channel.EMAIL:
            body, html = wording.mail(body)
        found.append(
            replace(
                shown.get(medium) or new_template(medium, event),
                name=step.name,
                position=position,
                subject=controls.subject or "",
                body=body,
                html=html,
                active=bool(body or html),
                in_app=_in_app(controls) if medium is Channel.IN_APP else None,
                original={},
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
    """Of each medium that Novu knows, the one template that is its step."""
    chosen: dict[Channel, Template] = {}
    common = (template for template in in_force(templates) if not template.provider)
    for template in sorted(common, key=lambda t: (t.locale != DEFAULT_LOCALE, t.locale)):
        if template.medium in CHANNELS:
            chosen.setdefault(template.medium, template)
    order = {medium: number for number, medium in enumerate(CHANNELS)}
    return sorted(chosen.values(), key=lambda t: (t.position, order[t.medium]))


def workflow(defined: EventTypeDefinition) -> WorkflowResponse:
    event = defined.event
    return WorkflowResponse(
        id=event.slug,
        workflow_id=event.slug,
        slug=event.slug,
        name=event.name,
        description=event.description,
        tags=list(event.tags),
        active=event.active,
        status=status(event),
        severity=_SEVERITY_SHOWN[event.severity],
        validate_payload=event.validates,
        payload_schema=None if event.input_schema is None else dict(event.input_schema),
        payload_example=None if event.sample is None else dict(event.sample),
        preferences=PreferencesResponse(default=_defaults(event)),
        steps=[_step(template, event) for template in shown_of(defined.templates)],
        created_at=event.created_at,
        updated_at=event.updated_at,
    )


def overview(event: EventType) -> WorkflowOverview:
    media = [medium for medium in CHANNELS if medium in event.media]
    return WorkflowOverview(
        id=event.slug,
        workflow_id=event.slug,
        slug=event.slug,
        name=event.name,
        tags=list(event.tags),
        status=status(event),
        step_type_overviews=list(media),
        steps=[StepOverview(slug=medium, type=medium) for medium in media],
        created_at=event.created_at,
        updated_at=event.updated_at,
    )


def status(event: EventType) -> WorkflowStatus:
    if not event.active:
        return "INACTIVE"
    return "ACTIVE" if all(event.media.values()) else "ERROR"


def _defaults(event: EventType) -> Preferences:
    return Preferences(
        all=AllPreference(
            enabled=event.defaults.enabled, read_only=event.priority is Priority.REQUIRED
        ),
        channels={
            channel: ChannelPreference(enabled=event.defaults.wants(channel))
            for channel in CHANNELS
        },
    )


def _step(template: Template, event: EventType) -> StepResponse:
    name = template.name or template.medium.replace("_", " ").capitalize()
    values = _values(template)
    return StepResponse(
        id=f"{event.slug}:{template.medium}",
        step_id=slug(name),
        slug=slug(name),
        name=name,
        type=template.medium,
        workflow_id=event.slug,
        workflow_database_id=event.slug,
        controls=ControlsMetadata(values=values),
        control_values=values,
        variables=_variables(event),
        issues=None if values.body else _ISSUES,
    )


_ISSUES = StepIssues(controls={"body": [Issue(message="Body is required: nothing is sent")]})


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
    """What the step's Liquid may name, as a JSON Schema."""
    payload = dict(event.input_schema or {"type": "object"})
    names = ("subscriberId", "firstName", "lastName", "email", "phone", "avatar", "locale")
    person = {name: {"type": "string"} for name in names} | {"data": {"type": "object"}}
    return {
        "type": "object",
        "properties": {
            "payload": payload,
            "subscriber": {"type": "object", "properties": person},
        },
    }


def page(found: Iterable[EventType], query: WorkflowsQuery) -> WorkflowsResponse:
    """Those that the query asks for, in its order."""
    asked = [event for event in found if _asked_for(event, query)]
    asked.sort(key=_ORDERS[query.order_by], reverse=query.order_direction == "DESC")
    shown = asked[query.offset : query.offset + query.limit]
    return WorkflowsResponse(workflows=[overview(e) for e in shown], total_count=len(asked))


def _asked_for(event: EventType, query: WorkflowsQuery) -> bool:
    text = query.query.lower()
    return (
        (text in event.name.lower() or text in event.slug.lower())
        and (not query.tags or not set(query.tags).isdisjoint(event.tags))
        and (not query.status or status(event) in query.status)
    )


# When it was triggered last is known to nobody here: its last change is the nearest.
_ORDERS: Mapping[str, Callable[[EventType], Any]] = {
    "createdAt": lambda event: (event.created_at, event.slug),
    "updatedAt": lambda event: (event.updated_at, event.slug),
    "lastTriggeredAt": lambda event: (event.updated_at, event.slug),
    "name": lambda event: (event.name.lower(), event.slug),
}
