"""Translate event types to notification types."""

from collections.abc import Iterable
from typing import Any

from carillon.dialects.confluent.schemas import (
    NotificationType,
    NotificationTypeList,
    NotificationTypesQuery,
)
from carillon.dialects.confluent.translate.common import Links, page
from carillon.domain.catalogue.event_types import EventType

_COLLECTION = "notification-types"
_CATEGORIES = frozenset({"BILLING_LICENSING", "SECURITY", "SERVICE", "ACCOUNT"})


def notification_type(event: EventType, links: Links) -> NotificationType:
    """An active event type is included in the plan; an unknown category is a SERVICE."""
    category = event.category.upper()
    said: dict[str, Any] = {
        "category": category if category in _CATEGORIES else "SERVICE",
        "subscription_priority": event.priority.upper(),
        "severity": event.severity.upper(),
    }
    return NotificationType(
        id=event.slug,
        metadata=links.metadata(_COLLECTION, event.slug, event.created_at, event.updated_at),
        display_name=event.name,
        description=event.description,
        is_included_in_plan=event.active and not event.locked,
        **said,
    )


def listed(
    found: Iterable[EventType], query: NotificationTypesQuery, links: Links
) -> NotificationTypeList:
    """A filter by resource type finds nothing: no event type belongs to one."""
    by_id = {} if query.resource_type else {event.slug: event for event in found}
    data, metadata = page(by_id, query, links.collection(_COLLECTION))
    return NotificationTypeList(
        metadata=metadata, data=[notification_type(event, links) for event in data]
    )
