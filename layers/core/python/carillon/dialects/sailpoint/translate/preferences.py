"""Translate a tenant's preferences for a notification: its muted mediums and its copies."""

from collections.abc import Mapping
from typing import Any

from carillon.dialects.sailpoint.collections import Fields
from carillon.dialects.sailpoint.schemas.preferences import (
    CopyResponse,
    PreferencesRequest,
    PreferencesResponse,
    PreferredMedium,
)
from carillon.dialects.sailpoint.translate.common import CHANNELS
from carillon.dialects.words import WireProblem
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import Copies

type Answered = PreferencesResponse | list[PreferencesResponse]

FIELDS = Fields(filterable={"key": frozenset({"eq", "in"})}, sortable=frozenset({"key"}))

# The name that mutes a medium: of its channel, or of its one provider.
_NAMES: Mapping[PreferredMedium, str] = {
    **{medium: provider or str(channel) for medium, (channel, provider) in CHANNELS.items()},
    "INBOX": str(Channel.IN_APP),
}
_CHANNELS: Mapping[PreferredMedium, Channel] = {
    **{medium: channel for medium, (channel, _) in CHANNELS.items()},
    "INBOX": Channel.IN_APP,
}
# Versions that answer a list with the one object; later ones answer the object.
_LISTING = frozenset({"beta", "v2024", "v2025"})
# Clients of some versions send this literally, and mean all keys.
_UNFILLED = "{key}"


def key_of(path: Mapping[str, str]) -> str:
    """Return the key in the path, or an empty text for all.

    Without a version in front, `v1` comes before the key.
    """
    key = path.get("proxy", "")
    if "version" not in path:
        key = "" if key == "v1" else key.removeprefix("v1/")
    return "" if key == _UNFILLED else key


def answered(shown: PreferencesResponse, path: Mapping[str, str]) -> Answered:
    return [shown] if path.get("version") in _LISTING else shown


def preferences(event: EventType, *, available: bool = False) -> PreferencesResponse:
    """`available` leaves out mediums without a template."""
    mediums = [
        medium
        for medium, name in _NAMES.items()
        if name not in event.muted and (not available or _CHANNELS[medium] in event.media)
    ]
    return PreferencesResponse(
        key=event.slug,
        mediums=mediums,
        modified=event.updated_at,
        cc_list=[CopyResponse(email=email) for email in event.copies.cc],
        bcc_list=[CopyResponse(email=email) for email in event.copies.bcc],
    )


def to_changes(body: PreferencesRequest, key: str, event: EventType) -> dict[str, Any]:
    """Keep other mutings; raise Invalid for a body with another key."""
    if body.key != key:
        raise Invalid(WireProblem("key", f"must be {key}, as in the path", body.key))
    names = frozenset(_NAMES.values())
    wanted = {_NAMES[medium] for medium in body.mediums}
    return {
        "muted": (event.muted - names) | (names - wanted),
        "copies": Copies(
            to=event.copies.to,
            cc=tuple(entry.email for entry in body.cc_list or ()),
            bcc=tuple(entry.email for entry in body.bcc_list or ()),
        ),
    }
