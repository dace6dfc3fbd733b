"""Event types: what can happen, and whether it may happen now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Inactive, Locked, NoActiveTemplates, NoTemplates
from carillon.domain.catalogue.templates import NO_COPIES, Copies
from carillon.domain.integrations.integrations import Integration
from carillon.domain.tenancy.access import DEFAULT_APPLICATION


class EventKey(NamedTuple):
    """The application and the slug that together name one of a tenant's event types."""

    application: str
    slug: str


class Priority(StrEnum):
    """Whether its audience may do without it."""

    REQUIRED = "required"
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"


class Severity(StrEnum):
    CRITICAL = "critical"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What a subscriber gets who has chosen nothing; `channels` are those that differ."""

    enabled: bool = True
    channels: Mapping[Channel, bool] = field(default_factory=dict)

    def wants(self, channel: Channel) -> bool:
        return self.channels.get(channel, self.enabled)


@dataclass(frozen=True, kw_only=True)
class EventType:
    """Something that can happen in an application."""

    slug: str
    name: str
    created_at: datetime
    updated_at: datetime
    application: str = DEFAULT_APPLICATION
    description: str = ""
    input_schema: Mapping[str, Any] | None = None
    validates: bool = True  # whether a payload that is not as input_schema says is refused
    output_schema: Mapping[str, Any] | None = None
    sample: Mapping[str, Any] | None = None
    sample_output: Mapping[str, Any] | None = None
    category: str = ""
    tags: tuple[str, ...] = ()
    priority: Priority = Priority.OPTIONAL
    severity: Severity = Severity.INFO
    defaults: Defaults = field(default_factory=Defaults)
    # What the tenant does not want it sent by, whoever wants to hear of it: channels, or providers.
    muted: frozenset[str] = frozenset()
    copies: Copies = NO_COPIES  # of every mail about it
    active: bool = True
    locked: bool = False
    paused: bool = False
    # Which media have a template, and whether one of them is active: kept here so that
    # accepting an event reads one item. Saving a template changes it and the version.
    media: Mapping[Channel, bool] = field(default_factory=dict)
    version: int = 1
    made_by: str = ""  # derived from the request that made it, if that may come twice

    @property
    def wants_answer(self) -> bool:
        """Whether those who hear of it are asked for something."""
        return self.output_schema is not None

    def goes_by(self, integration: Integration) -> bool:
        return not self.muted & {integration.channel, integration.provider}

    def check(self, *, names_recipients: bool) -> None:
        """Raise why an event of this type cannot be accepted now, if so.

        Recipients are reached through templates, so an event that names some needs one;
        an event without goes to the type's subscriptions, which need none.
        """
        if not self.active:
            raise Inactive(f"Event type {self.slug!r} is not active")
        if self.locked:
            raise Locked(f"Event type {self.slug!r} is locked")
        if not names_recipients:
            return
        if not self.media:
            raise NoTemplates(f"Event type {self.slug!r} has no templates")
        if not any(self.media.values()):
            raise NoActiveTemplates(f"Event type {self.slug!r} has no active template")
