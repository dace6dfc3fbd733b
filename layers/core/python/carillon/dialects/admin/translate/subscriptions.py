"""Subscriptions between wire and domain."""

from datetime import datetime

from carillon.dialects.admin.schemas.subscriptions import (
    CreateSubscriptionRequest,
    SubscriptionResponse,
    TargetRequest,
)
from carillon.domain import ids
from carillon.domain.subscriptions import Subscription, Target


def to_subscription(
    body: CreateSubscriptionRequest, application: str, now: datetime
) -> Subscription:
    target, target_id = _target(body.target)
    return Subscription(
        id=ids.new(),
        event=body.event_type,
        application=body.application or application,
        target=target,
        target_id=target_id,
        name=body.name,
        active=body.active,
        created_at=now,
        updated_at=now,
    )


def subscription(subscription: Subscription) -> SubscriptionResponse:
    return SubscriptionResponse(
        id=subscription.id,
        event_type=subscription.event,
        application=subscription.application,
        target={subscription.target: subscription.target_id},
        name=subscription.name,
        active=subscription.active,
        created_at=subscription.created_at,
        updated_at=subscription.updated_at,
    )


def _target(body: TargetRequest) -> tuple[Target, str]:
    """The schema has seen to it that there is exactly one."""
    [(kind, id)] = body.model_dump(exclude_none=True).items()
    return Target(kind), id
