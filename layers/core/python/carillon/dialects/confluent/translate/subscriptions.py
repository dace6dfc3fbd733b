"""Translate subscriptions between wire and domain."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from carillon.dialects.confluent import schemas
from carillon.dialects.confluent.schemas import (
    GivenReference,
    ListQuery,
    SubscriptionList,
    SubscriptionRequest,
    SubscriptionUpdate,
)
from carillon.dialects.confluent.translate.common import Links, page
from carillon.dialects.words import WireProblem
from carillon.domain.base import ids
from carillon.domain.base.errors import Invalid
from carillon.domain.subscriptions.subscriptions import Subscription, Target

_COLLECTION = "subscriptions"
_ENABLED = "ENABLED"


def to_subscription(body: SubscriptionRequest, application: str, now: datetime) -> Subscription:
    return Subscription(
        id=ids.new(),
        event=body.notification_type.id,
        application=application,
        target=Target.INTEGRATION,
        target_ids=_ids(body.integrations),
        active=body.current_state == _ENABLED,
        created_at=now,
        updated_at=now,
    )


def to_changes(body: SubscriptionUpdate, stored: Subscription) -> dict[str, Any]:
    if body.notification_type and body.notification_type.id != stored.event:
        raise Invalid(WireProblem("notification_type.id", "cannot be changed"))
    changes: dict[str, Any] = {}
    if body.integrations is not None:
        changes["target_ids"] = _ids(body.integrations)
    if body.current_state is not None:
        changes["active"] = body.current_state == _ENABLED
    return changes


def subscription(stored: Subscription, links: Links) -> schemas.Subscription:
    return schemas.Subscription(
        id=stored.id,
        metadata=links.metadata(_COLLECTION, stored.id, stored.created_at, stored.updated_at),
        current_state="ENABLED" if stored.active else "DISABLED",
        notification_type=links.reference("notification-types", stored.event),
        integrations=[links.reference("integrations", id) for id in stored.target_ids],
    )


def listed(found: Iterable[Subscription], query: ListQuery, links: Links) -> SubscriptionList:
    by_id = {each.id: each for each in found}
    data, metadata = page(by_id, query, links.collection(_COLLECTION))
    return SubscriptionList(metadata=metadata, data=[subscription(each, links) for each in data])


def _ids(references: Iterable[GivenReference]) -> tuple[str, ...]:
    """Return each id once."""
    return tuple(dict.fromkeys(reference.id for reference in references))
