"""What came of a message's deliveries, on the log line that the message ends with."""

from collections import Counter
from collections.abc import Mapping, Sequence

from carillon.domain.base.channels import Channel
from carillon.domain.delivery.deliveries import DeliveryRecord, EventDetails, Status
from carillon.telemetry import log_context

_GIVEN_UP = frozenset({Status.FAILED, Status.EXHAUSTED, Status.EXPIRED})


def add(
    done: Sequence[DeliveryRecord], details: Mapping[str, EventDetails], channel: Channel
) -> None:
    """Add the deliveries attempted, by status and code, and the seconds from accept to sent."""
    sent = [one for one in done if one.status is Status.SENT]
    log_context.add(
        channel=channel,
        invocations=sorted({log_context.shown(one.invocation) for one in done}),
        integrations=sorted({log_context.shown(one.integration) for one in done}),
        outcomes=Counter(f"{one.status} {log_context.shown(one.code)}".strip() for one in done),
        latency=[_latency(one, details[one.invocation]) for one in sent],
    )
    log_context.count(
        sent=len(sent),
        failed=sum(one.status in _GIVEN_UP for one in done),
        retried=sum(one.status is Status.RETRYING for one in done),
    )


def _latency(one: DeliveryRecord, event_details: EventDetails) -> float:
    return round((one.at - event_details.accepted_at).total_seconds(), 3)
