"""Triggers: a caller's word that an event happened, and whether it was accepted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from carillon.domain.audience.contexts import ContextChanges
from carillon.domain.audience.subscribers import SubscriberChanges
from carillon.domain.base.errors import CarillonError
from carillon.domain.catalogue.event_types import EventKey
from carillon.domain.intake.attachments import Attachment
from carillon.domain.intake.narrowing import RecipientFilter
from carillon.domain.intake.overrides import Override
from carillon.domain.tenancy.access import DEFAULT_APPLICATION


@dataclass(frozen=True, kw_only=True)
class TopicRecipient:
    """All members of a topic but the excluded."""

    topic: str
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Everybody:
    """All subscribers but some. The field has no default, so that it is always written."""

    but: tuple[str, ...]


type Recipient = SubscriberChanges | TopicRecipient | Everybody


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """One event as its caller tells it, in the words of the core."""

    event: str
    application: str = DEFAULT_APPLICATION
    recipients: tuple[Recipient, ...] = ()
    payload: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()  # of its mails
    overrides: tuple[Override, ...] = ()  # of two for the same messages, the later holds
    transaction_id: str | None = None
    actor: SubscriberChanges | None = None
    context: ContextChanges | None = None
    contexts: Mapping[str, Any] = field(default_factory=dict)  # others, by type: for templates
    narrowing: RecipientFilter | None = None
    correlation_id: str = ""  # the caller's own name for it, which may come again

    @property
    def event_key(self) -> EventKey:
        return EventKey(self.application, self.event)


@dataclass(frozen=True)
class Accepted:
    """The event is durably stored under this id."""

    id: str
    paused: bool = False


@dataclass(frozen=True)
class Refused:
    """The event is not stored, and why. `id` is the transaction id the caller gave, if any."""

    error: CarillonError
    id: str | None = None


type Acceptance = Accepted | Refused
