"""Translate preferences between wire and domain."""

from collections.abc import Mapping, Sequence
from typing import get_args

from carillon.dialects.novu.schemas.preferences import (
    BulkPreferencesRequest,
    Channel,
    ChannelRequest,
    ChannelsRequest,
    LevelResponse,
    LevelWorkflow,
    OldPreferenceResponse,
    OldTemplate,
    OverallResponse,
    OverrideResponse,
    PreferencesResponse,
    SingleRequest,
    TriggerShown,
    WorkflowPreferenceResponse,
    WorkflowShown,
)
from carillon.dialects.words import WireProblem
from carillon.domain.audience.preferences import PreferenceChanges, Preferences
from carillon.domain.base import channels
from carillon.domain.base.errors import Invalid
from carillon.domain.catalogue.event_types import EventType, Priority, Severity
from carillon.usecases.audience.preferences import Wishes

_CHANNELS: tuple[str, ...] = get_args(Channel.__value__)
_BY_NAME = {channel.value: channel for channel in channels.Channel}
_SEVERITY = {Severity.CRITICAL: "high", Severity.WARN: "medium", Severity.INFO: "none"}
CRITICALITY = {"critical": True, "nonCritical": False, "all": None}


def refuse_unserved(**fields: object) -> None:
    """Raise Invalid for fields that would otherwise be ignored silently."""
    for field, given in fields.items():
        if given:
            raise Invalid(WireProblem(field, "is not supported for preferences"))


def to_changes(channels: ChannelsRequest | None, event: EventType | None) -> PreferenceChanges:
    said = channels.model_dump(by_alias=True, exclude_none=True) if channels else {}
    return PreferenceChanges(event=event, channels=said)


def to_channels(body: BulkPreferencesRequest) -> Mapping[str, Mapping[str, bool]]:
    """Return the channels of each workflow, by its identifier."""
    found: dict[str, dict[str, bool]] = {}
    for item in body.preferences:
        said = item.channels.model_dump(by_alias=True, exclude_none=True)
        found.setdefault(item.workflow_id, {}).update(said)
    return found


def to_old_changes(
    body: SingleRequest, event: EventType | None, also: Sequence[ChannelRequest] | None = None
) -> PreferenceChanges:
    said = (*([body.channel] if body.channel else ()), *(also or ()))
    channels: dict[str, bool] = {one.type: one.enabled for one in said}
    return PreferenceChanges(event=event, enabled=body.enabled, channels=channels)


def preferences(wishes: Wishes) -> PreferencesResponse:
    return PreferencesResponse(
        global_=overall(wishes.preferences),
        workflows=[_workflow(wishes.preferences, event) for event in wishes.events],
    )


def overall(wanted: Preferences) -> OverallResponse:
    said = wanted.overall
    channels = {channel: said.channels.get(channel) is not False for channel in _CHANNELS}
    return OverallResponse(enabled=said.enabled is not False, channels=channels)


def level(wanted: Preferences, event: EventType) -> LevelResponse:
    return LevelResponse(
        level="template",
        enabled=wanted.enabled(event),
        channels=_channels(wanted, event),
        workflow=LevelWorkflow(
            id=event.slug,
            identifier=event.slug,
            name=event.name,
            critical=event.priority is Priority.REQUIRED,
            tags=list(event.tags),
            severity=_SEVERITY[event.severity],
        ),
    )


def old(wanted: Preferences, event: EventType | None) -> OldPreferenceResponse:
    if event is None:
        return OldPreferenceResponse(preference=overall(wanted))
    return OldPreferenceResponse(
        preference=OverallResponse(
            enabled=wanted.enabled(event), channels=_channels(wanted, event)
        ),
        template=OldTemplate(
            id=event.slug,
            name=event.name,
            critical=event.priority is Priority.REQUIRED,
            triggers=[TriggerShown(identifier=event.slug)],
        ),
    )


def _workflow(wanted: Preferences, event: EventType) -> WorkflowPreferenceResponse:
    own = wanted.of(event).channels
    return WorkflowPreferenceResponse(
        enabled=wanted.enabled(event),
        channels=_channels(wanted, event),
        overrides=[OverrideResponse(channel=name) for name in _CHANNELS if name in own],
        workflow=WorkflowShown(slug=event.slug, identifier=event.slug, name=event.name),
    )


def _channels(wanted: Preferences, event: EventType) -> Mapping[str, bool]:
    """Return the preferences of the channels that the event type uses."""
    return {
        name: wanted.channel(event, _BY_NAME[name]) for name in _CHANNELS if name in _media(event)
    }


def _media(event: EventType) -> frozenset[str]:
    return frozenset(medium.value for medium, active in event.media.items() if active)
