"""The set-up of event types, loaded alike for accepting, fanning out and attempting."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from typing import Self

from carillon.domain.catalogue.event_types import EventKey, EventType
from carillon.domain.catalogue.templates import Template
from carillon.domain.subscriptions.subscriptions import Subscription
from carillon.ports import TenantPorts


@dataclass(frozen=True, kw_only=True)
class EventSetup:
    """Event types by key, with their subscriptions and templates where these were loaded too.

    A key without an event type, because it never had one or has one no more, is not in `types`.
    """

    keys: Sequence[EventKey]
    types: Mapping[EventKey, EventType]
    subscriptions: Mapping[EventKey, Sequence[Subscription]] = field(default_factory=dict)
    templates: Mapping[EventKey, Sequence[Template]] = field(default_factory=dict)

    @classmethod
    def load(cls, keys: Iterable[EventKey], *, ports: TenantPorts) -> Self:
        """Read the event types, with one call for each application."""
        wanted = sorted(set(keys))
        types: dict[EventKey, EventType] = {}
        for application, some in groupby(wanted, key=attrgetter("application")):
            found = ports.event_types.get_many(application, [key.slug for key in some])
            types |= {EventKey(application, slug): event for slug, event in found.items()}
        return cls(keys=wanted, types=types)

    def with_subscriptions(self, *, ports: TenantPorts) -> Self:
        """Read the active subscriptions too; an event type that is gone may still have some."""
        found = {key: ports.subscriptions.for_event(*key) for key in self.keys}
        return replace(
            self,
            subscriptions={key: [one for one in some if one.active] for key, some in found.items()},
        )

    def with_templates(self, *, ports: TenantPorts) -> Self:
        """Read the templates of all media too."""
        found = {key: list(ports.templates.for_event(event)) for key, event in self.types.items()}
        return replace(self, templates=found)
