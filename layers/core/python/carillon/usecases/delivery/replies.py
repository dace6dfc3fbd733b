"""Replies of subscriptions' own endpoints: write each dispatch down, and complete it by its reply.

No other delivery has a dispatch. An event that wants an answer is sent once: whoever waits for the
answer would not hear of a later one. Answers by a call of their own are taken in dispatches.py.
"""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from carillon.domain.base.errors import Unavailable
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.delivery import dispatches
from carillon.domain.delivery.deliveries import Delivery, EventDetails, Result
from carillon.domain.delivery.dispatches import Dispatch
from carillon.domain.subscriptions.subscriptions import AnswerMode
from carillon.ports import TenantPorts

# Seconds that an endpoint has to answer, as SailPoint's documentation promises.
TIME_TO_LISTEN = 10.0

LONGEST_ERROR = 2000  # characters
_LARGEST_ANSWER = 64 * 1024  # bytes of JSON
_LATER = 202  # the status by which an endpoint says that it answers later

type Completion = tuple[Mapping[str, Any] | None, str]  # an output, or an error

_log = logging.getLogger(__name__)


def dispatch_of(
    delivery: Delivery, event_details: EventDetails, *, tenant: str, now: datetime
) -> Dispatch | None:
    """Return the delivery's dispatch; None if it is not to a subscription's own endpoint."""
    listener = delivery.listener
    if listener is None:
        return None
    return Dispatch(
        id=dispatches.id_of(delivery.id),
        tenant=tenant,
        event=event_details.event,
        application=event_details.application,
        subscription=listener.subscription,
        subscription_name=listener.name,
        integration=delivery.integration,
        created_at=event_details.accepted_at,
        invocation=delivery.invocation,
        answer_by=now + listener.within if delivery.once else None,
    )


def expect(
    deliveries: Iterable[Delivery], details: Mapping[str, EventDetails], *, ports: TenantPorts
) -> None:
    """Write down the dispatches before any is sent: an answer may be quicker than our record."""
    now = ports.clock.now()
    started = [
        dispatch_of(delivery, details[delivery.invocation], tenant=ports.tenant, now=now)
        for delivery in deliveries
        if delivery.listener and delivery.invocation in details
    ]
    if started:
        ports.dispatches.start([one for one in started if one])


def completed(
    delivery: Delivery,
    event_details: EventDetails,
    reply: Result | None,
    event: EventType | None,
    *,
    code: str,
    ports: TenantPorts,
) -> Dispatch | None:
    """Return the delivery's dispatch as its reply completes it; None if it has none, or stays open.

    `reply` and `code` are as for `completion`.
    """
    now = ports.clock.now()
    dispatch = dispatch_of(delivery, event_details, tenant=ports.tenant, now=now)
    if dispatch is None or delivery.listener is None:
        return None
    found = completion(delivery.listener.mode, reply, event, code=code, ports=ports)
    return dispatch.completed(now, *found) if found else None


def complete(over: Sequence[Dispatch], *, ports: TenantPorts) -> None:
    """Write the completed dispatches; log it if that cannot be done now. Never raises."""
    try:
        ports.dispatches.complete(over)
    except Unavailable as error:
        _log.warning("dispatches are left open", extra={"reason": str(error)})


def completion(
    mode: AnswerMode | None,
    reply: Result | None,
    event: EventType | None,
    *,
    code: str = "",
    ports: TenantPorts,
) -> Completion | None:
    """Return the output or the error of a dispatch that is over; None if its answer comes later.

    `reply` is the response that took the event; without one, `code` is the reason for its absence.
    """
    if reply is None:
        return None, f"The subscriber did not take the event: {code}"
    if mode is None:
        return None, ""
    later = mode is AnswerMode.DYNAMIC and reply.http_status == _LATER
    if mode is AnswerMode.ASYNC or later:
        return None
    if reply.answer is None:
        return None, "The subscriber did not answer with a JSON object"
    wrong = problems_of(reply.answer, event, ports=ports)
    if wrong:
        return None, "; ".join(map(str, wrong))[:LONGEST_ERROR]
    return reply.answer, ""


def problems_of(
    answer: Mapping[str, Any], event: EventType | None, *, ports: TenantPorts
) -> Sequence[FieldProblem]:
    """Return the problems of an answer: its size, and its event type's output schema if any."""
    if len(json.dumps(answer)) > _LARGEST_ANSWER:
        return [
            FieldProblem(FieldName.OUTPUT, f"is larger than {_LARGEST_ANSWER} bytes", kind="limit")
        ]
    if event is None or event.output_schema is None:
        return []
    found = ports.schemas.validate(event.output_schema, answer, at=FieldName.OUTPUT)
    return [replace(problem, value=None) for problem in found]
