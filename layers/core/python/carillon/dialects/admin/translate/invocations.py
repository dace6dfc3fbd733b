"""Translate invocations and their deliveries between domain and wire."""

from collections.abc import Mapping
from types import MappingProxyType

from carillon.dialects.admin.schemas.invocations import (
    ActivityQuery,
    AttemptResponse,
    DecisionResponse,
    DeliveryResponse,
    ExplanationResponse,
    HappenedResponse,
    InvocationResponse,
    ProgressResponse,
    SubscriberDeliveriesQuery,
)
from carillon.domain.activity.history import Entry
from carillon.domain.base.spans import Span
from carillon.domain.delivery import codes, excerpts
from carillon.domain.delivery.deliveries import QUEUED, DeliveryRecord
from carillon.usecases.activity.explain import Explanation
from carillon.usecases.activity.find_deliveries import ActivityEntry, DeliveryView
from carillon.usecases.activity.progress import InvocationProgress


def to_span(query: ActivityQuery | SubscriberDeliveriesQuery) -> Span:
    return Span(query.since, query.until)


def invocation(followed: InvocationProgress) -> InvocationResponse:
    recorded, reach = followed.recorded, followed.reach
    return InvocationResponse(
        id=recorded.invocation.id,
        event_type=recorded.invocation.event,
        application=recorded.invocation.application,
        correlation_id=recorded.invocation.correlation_id or None,
        accepted_at=recorded.accepted_at,
        paused=recorded.invocation.paused,
        replay_of=recorded.invocation.replay_of or None,
        status=followed.progress,
        progress=ProgressResponse(
            recipients=reach.recipients, deliveries=followed.planned, complete=reach.complete
        ),
        deliveries=dict(followed.counts),
        skipped=dict(followed.skipped),
    )


def happened(happened: ActivityEntry) -> HappenedResponse:
    return HappenedResponse(
        id=happened.head.id,
        event_type=happened.head.event,
        application=happened.head.application,
        accepted_at=happened.accepted_at,
        skipped=dict(happened.head.skipped),
    )


def explanation(found: Explanation) -> ExplanationResponse:
    invocation = found.followed.recorded.invocation
    return ExplanationResponse(
        invocation=invocation.id,
        event_type=invocation.event,
        subscriber=found.subscriber,
        status=found.followed.progress,
        decisions=[
            DecisionResponse(
                stage=one.stage, decision=one.decision, by=one.by, explanation=one.explanation
            )
            for one in found.decisions
        ],
        deliveries=[_whole(one) for one in found.deliveries],
    )


def _whole(told: DeliveryView) -> DeliveryResponse:
    """Return the delivery with its address as it is."""
    address = dict(told.address) if isinstance(told, DeliveryRecord) else {}
    return delivery(told).model_copy(update={"address": address})


def delivery(
    told: DeliveryView, replayed: Mapping[str, str] = MappingProxyType({})
) -> DeliveryResponse:
    """Show a delivery; `replayed` are the invocations in which deliveries were made anew."""
    match told:
        case DeliveryRecord():
            return _attempted(told, replayed.get(told.delivery))
        case Entry():
            return DeliveryResponse(
                delivery=told.delivery,
                invocation=told.invocation,
                subscriber=told.subscriber,
                channel=told.channel,
                integration=told.integration,
                provider=told.provider,
                status=QUEUED,
            )


def _attempted(record: DeliveryRecord, replayed_by: str | None) -> DeliveryResponse:
    return DeliveryResponse(
        delivery=record.delivery,
        invocation=record.invocation,
        subscriber=record.subscriber,
        channel=record.channel,
        integration=record.integration,
        provider=record.provider,
        status=record.status,
        outcome=record.outcome,
        attempts=record.attempts,
        code=record.code,
        reason=record.skip,
        explanation=codes.explained(record),
        detail=record.detail,
        http_status=record.http_status,
        message_id=record.message_id,
        address=excerpts.masked(record.address),
        answer=record.excerpt,
        latency=record.latency,
        at=record.at,
        next_attempt_at=record.next_attempt_at,
        replay_of=record.replay_of or None,
        replayed_by=replayed_by,
        warnings=list(record.warnings),
        history=[
            AttemptResponse(
                at=each.at,
                outcome=each.outcome,
                code=each.code,
                http_status=each.http_status,
                integration=each.integration,
            )
            for each in record.history
        ],
    )
