"""Event types: kinds of events, and whether an event of one is accepted now."""

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
    """The application and slug that identify an event type within its tenant."""

    application: str
    slug: str


class Priority(StrEnum):
    """How much recipients need the event; they cannot opt out of a required one."""

    REQUIRED = "required"
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"


class Severity(StrEnum):
    CRITICAL = "critical"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """Preferences of subscribers without any; `channels` has those that differ from `enabled`."""

    enabled: bool = True
    channels: Mapping[Channel, bool] = field(default_factory=dict)

    def wants(self, channel: Channel) -> bool:
        return self.channels.get(channel, self.enabled)


@dataclass(frozen=True, kw_only=True)
class EventType:
    """A kind of event of an application."""

    slug: str
    name: str
    created_at: datetime
    updated_at: datetime
    application: str = DEFAULT_APPLICATION
    description: str = ""
    input_schema: Mapping[str, Any] | None = None
    validates: bool = True  # whether payloads that do not match input_schema are refused
    output_schema: Mapping[str, Any] | None = None
    sample: Mapping[str, Any] | None = None
    sample_output: Mapping[str, Any] | None = None
    category: str = ""
    tags: tuple[str, ...] = ()
    priority: Priority = Priority.OPTIONAL
    severity: Severity = Severity.INFO
    defaults: Defaults = field(default_factory=Defaults)
    # Channels and providers that the tenant does not want it sent by.
    muted: frozenset[str] = frozenset()
    copies: Copies = NO_COPIES  # of each of its mails
    active: bool = True
    locked: bool = False
    paused: bool = False
    # Media with a template, and whether one is active: stored here so that accepting an event
    # reads one item. Saving a template changes both this and the version.
    media: Mapping[Channel, bool] = field(default_factory=dict)
    version: int = 1
    made_by: str = ""  # derived from the creating request, if clients may repeat it

    @property
    def wants_answer(self) -> bool:
        """Whether endpoints are asked for an answer."""
        return self.output_schema is not None

    def goes_by(self, integration: Integration) -> bool:
        return not self.muted & {integration.channel, integration.provider}

    def check(self, *, names_recipients: bool) -> None:
        """Raise the reason if an event of this type cannot be accepted now.

        An event with recipients needs a template for their messages; one without goes to the
        type's subscriptions, which need none.
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
