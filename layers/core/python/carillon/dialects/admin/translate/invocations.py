"""Invocations and their deliveries between domain and wire."""

from carillon.dialects.admin.schemas.invocations import DeliveryResponse, InvocationResponse
from carillon.domain.deliveries import Attempted
from carillon.usecases.follow_invocations import Followed


def invocation(followed: Followed) -> InvocationResponse:
    recorded = followed.recorded
    return InvocationResponse(
        id=recorded.invocation.id,
        event_type=recorded.invocation.event,
        application=recorded.invocation.application,
        accepted_at=recorded.accepted_at,
        paused=recorded.invocation.paused,
        status=followed.progress,
        deliveries=dict(followed.counts),
    )


def delivery(account: Attempted) -> DeliveryResponse:
    return DeliveryResponse(
        delivery=account.delivery,
        subscriber=account.subscriber,
        integration=account.integration,
        provider=account.provider,
        status=account.status,
        outcome=account.outcome,
        attempts=account.attempts,
        code=account.code,
        http_status=account.http_status,
        message_id=account.message_id,
        at=account.at,
    )
