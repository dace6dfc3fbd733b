"""Translate subscriptions between wire and domain."""

from collections.abc import Sequence
from datetime import datetime

from carillon.dialects.admin.schemas.subscriptions import (
    CreateSubscriptionRequest,
    SubscriptionResponse,
    TargetRequest,
    TestedResponse,
    TestSubscriptionResponse,
)
from carillon.domain.base import ids
from carillon.domain.subscriptions.subscriptions import Subscription, Target
from carillon.usecases.trying.try_subscriptions import Trial


def to_subscription(
    body: CreateSubscriptionRequest, application: str, now: datetime
) -> Subscription:
    target, target_ids = _target(body.target)
    return Subscription(
        id=ids.new(),
        event=body.event_type,
        application=body.application or application,
        target=target,
        target_ids=target_ids,
        name=body.name,
        description=body.description,
        active=body.active,
        environments=body.environments,
        filter=body.filter,
        created_at=now,
        updated_at=now,
    )


def subscription(subscription: Subscription) -> SubscriptionResponse:
    return SubscriptionResponse(
        id=subscription.id,
        event_type=subscription.event,
        application=subscription.application,
        target={subscription.target: _ids(subscription)},
        name=subscription.name,
        description=subscription.description,
        active=subscription.active,
        environments=list(subscription.environments),
        filter=subscription.filter,
        created_at=subscription.created_at,
        updated_at=subscription.updated_at,
    )


def tested(trials: Sequence[Trial]) -> TestSubscriptionResponse:
    return TestSubscriptionResponse(results=[_tested(trial) for trial in trials])


def _tested(trial: Trial) -> TestedResponse:
    result = trial.tested.result
    return TestedResponse(
        integration=trial.integration.id,
        provider=trial.integration.provider,
        sent=trial.tested.sent,
        outcome=result.outcome,
        code=result.code,
        http_status=result.http_status,
        latency_ms=round(trial.tested.latency * 1000),
        answer=trial.tested.excerpt,
        detail=result.detail,
        error=trial.dispatch.error if trial.dispatch and trial.tested.sent else "",
    )


def _ids(subscription: Subscription) -> str | list[str]:
    ids = list(subscription.target_ids)
    return ids[0] if len(ids) == 1 else ids


def _target(body: TargetRequest) -> tuple[Target, tuple[str, ...]]:
    """Return the target, of which the schema allows exactly one."""
    [(kind, ids)] = body.model_dump(exclude_none=True).items()
    return Target(kind), ids
