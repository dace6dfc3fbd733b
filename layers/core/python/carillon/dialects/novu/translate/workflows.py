"""Translate workflows to event types and back."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from carillon.dialects.common import path_slug
from carillon.dialects.novu.schemas.steps import MEDIA, StepOverview
from carillon.dialects.novu.schemas.workflows import (
    AllPreference,
    ChannelPreference,
    CreateWorkflowRequest,
    PatchWorkflowRequest,
    Preferences,
    PreferencesRequest,
    PreferencesResponse,
    Severity,
    UpdateWorkflowRequest,
    WorkflowOverview,
    WorkflowResponse,
    WorkflowsQuery,
    WorkflowsResponse,
    WorkflowStatus,
)
from carillon.dialects.novu.translate.steps import CHANNELS, shown_of, step, to_templates
from carillon.dialects.words import WireProblem
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.base.terms import Noun
from carillon.domain.catalogue import event_types
from carillon.domain.catalogue.event_types import Defaults, EventType, Priority
from carillon.usecases.catalogue.definitions import EventTypeDefinition, Redefinition

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
        active=False,  # as at Novu, unless the body says otherwise
    )
    return replace(event, **changes(body, event))


def slug_of(path: Mapping[str, str]) -> str:
    return path_slug(path, Noun.EVENT_TYPE, "workflow")


def to_change(
    body: UpdateWorkflowRequest | PatchWorkflowRequest,
) -> Callable[[EventTypeDefinition, datetime], Redefinition]:
    """The steps of an update replace all; a patch has none, and keeps them."""

    def change(before: EventTypeDefinition, now: datetime) -> Redefinition:
        if isinstance(body, PatchWorkflowRequest):
            return Redefinition(changes=changes(body, before.event))
        if body.workflow_id not in {None, before.event.slug}:
            raise Invalid(WireProblem("workflowId", "cannot be changed", body.workflow_id))
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
    """Return the given fields as changes of the event type; only the schema can be null."""
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
    """Return REQUIRED for a critical workflow; another keeps its priority if it has one."""
    if critical:
        return Priority.REQUIRED
    return Priority.OPTIONAL if event.priority is Priority.REQUIRED else event.priority


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
        steps=[step(template, event) for template in shown_of(defined.templates)],
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


def page(found: Iterable[EventType], query: WorkflowsQuery) -> WorkflowsResponse:
    """Filter, sort and cut the event types as the query asks."""
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


# The time of the last event is not stored; the last change stands in for it.
_ORDERS: Mapping[str, Callable[[EventType], Any]] = {
    "createdAt": lambda event: (event.created_at, event.slug),
    "updatedAt": lambda event: (event.updated_at, event.slug),
    "lastTriggeredAt": lambda event: (event.updated_at, event.slug),
    "name": lambda event: (event.name.lower(), event.slug),
}
