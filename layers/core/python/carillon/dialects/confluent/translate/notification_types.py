"""Event types as notification types."""

from collections.abc import Iterable
from typing import Any

from carillon.dialects.confluent.schemas import (
    NotificationType,
    NotificationTypeList,
    NotificationTypesQuery,
)
from carillon.dialects.confluent.translate.common import Place, page
from carillon.domain.catalogue.event_types import EventType

_COLLECTION = "notification-types"
_CATEGORIES = frozenset({"BILLING_LICENSING", "SECURITY", "SERVICE", "ACCOUNT"})


def notification_type(event: EventType, place: Place) -> NotificationType:
    """Included in the plan is what can happen now. Our categories are free, theirs are four."""
    category = event.category.upper()
    said: dict[str, Any] = {
        "category": category if category in _CATEGORIES else "SERVICE",
        "subscription_priority": event.priority.upper(),
        "severity": event.severity.upper(),
    }
    return NotificationType(
        id=event.slug,
        metadata=place.metadata(_COLLECTION, event.slug, event.created_at, event.updated_at),
        display_name=event.name,
        description=event.description,
        is_included_in_plan=event.active and not event.locked,
        **said,
    )


def listed(
    found: Iterable[EventType], query: NotificationTypesQuery, place: Place
) -> NotificationTypeList:
    """None is about a kind of resource alone, so who asks for those of one kind gets none."""
    by_id = {} if query.resource_type else {event.slug: event for event in found}
    data, metadata = page(by_id, query, place.collection(_COLLECTION))
    return NotificationTypeList(
        metadata=metadata, data=[notification_type(event, place) for event in data]
    )
