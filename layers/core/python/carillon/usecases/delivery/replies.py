"""What subscriptions' own endpoints are brought: written down before, completed with the answer.

Nothing is written for any other delivery. An event that wants an answer is brought once: whoever
waits for the answer would not hear of a later one.
"""

import hmac
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from carillon.domain.base.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Unavailable
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.delivery import dispatches
from carillon.domain.delivery.deliveries import (
    Delivery,
    DeliveryRecord,
    EventDetails,
    Result,
    Status,
)
from carillon.domain.delivery.dispatches import Dispatch
from carillon.domain.integrations.integrations import Integration
from carillon.domain.subscriptions.subscriptions import AnswerMode
from carillon.ports import Ports, TenantPorts

# Seconds that an endpoint has to answer, as SailPoint's documentation promises.
TIME_TO_LISTEN = 10.0

MOST = 2000  # that can be looked up
_LONGEST_ANSWER = 64 * 1024  # bytes of JSON
_LONGEST_ERROR = 2000  # characters
_INPUTS = 3 * 1024 * 1024  # bytes of JSON, so that an answer of ours stays below Lambda's 6 MB
_INPUTS_A_READ = 25
_LATER = 202  # the status by which an endpoint says that it answers later

type Completion = tuple[Mapping[str, Any] | None, str]  # an output, or an error

_log = logging.getLogger(__name__)


def of(
    delivery: Delivery, event_details: EventDetails, *, tenant: str, now: datetime
) -> Dispatch | None:
    """The dispatch that a delivery is; None for one that no subscription's own endpoint hears."""
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


def start(
    deliveries: Iterable[Delivery], details: Mapping[str, EventDetails], *, ports: TenantPorts
) -> None:
    """Write down what is about to be brought: an answer may be quicker than our own record."""
    now = ports.clock.now()
    started = [
        of(delivery, details[delivery.invocation], tenant=ports.tenant, now=now)
        for delivery in deliveries
        if delivery.listener and delivery.invocation in details
    ]
    if started:
        ports.dispatches.start([one for one in started if one])


def finish(
    heard: Iterable[tuple[Delivery, DeliveryRecord, Result | None]],
    details: Mapping[str, EventDetails],
    events: Mapping[tuple[str, str], EventType],
    *,
    ports: TenantPorts,
) -> None:
    """Complete what is over; what is tried again, or answered later, stays open.

    Never raises: what was sent must be recorded as sent.
    """
    now = ports.clock.now()
    over: list[Dispatch] = []
    for delivery, attempted, result in heard:
        event_details = details.get(delivery.invocation)
        if delivery.listener is None or event_details is None or not attempted.status.final:
            continue
        dispatch = of(delivery, event_details, tenant=ports.tenant, now=now)
        event = events.get((event_details.application, event_details.event))
        sent = result if attempted.status is Status.SENT else None
        found = completion(delivery.listener.mode, sent, event, code=attempted.code, ports=ports)
        if dispatch and found:
            over.append(dispatch.completed(now, *found))
    if over:
        try:
            ports.dispatches.complete(over)
        except Unavailable as error:
            _log.warning("dispatches are left open", extra={"reason": str(error)})


def completion(
    mode: AnswerMode | None,
    sent: Result | None,
    event: EventType | None,
    *,
    code: str = "",
    ports: TenantPorts,
) -> Completion | None:
    """What the endpoint's response completes the dispatch with; None if its answer comes later.

    `sent` is the response that took the event; without one, `code` says what came in its place.
    """
    if sent is None:
        return None, f"The subscriber did not take the event: {code}"
    if mode is None:
        return None, ""
    later = mode is AnswerMode.DYNAMIC and sent.http_status == _LATER
    if mode is AnswerMode.ASYNC or later:
        return None
    if sent.answer is None:
        return None, "The subscriber did not answer with a JSON object"
    wrong = _wrong(sent.answer, event, ports)
    return (None, _said(wrong)) if wrong else (sent.answer, "")


def complete(
    id: str, secret: str, output: Mapping[str, Any] | None, error: str, *, ports: Ports
) -> None:
    """Answer a dispatch; the secret is the only credential.

    Raise Forbidden for an unknown one in the same words as for a wrong secret, Invalid for an
    answer that is late or not what was asked for, Conflict for a second one. The same answer again
    is no mistake.
    """
    dispatch = _proven(id, secret, ports).as_of(ports.clock.now())
    answer = None if error else output
    if dispatch.completed_at is not None:
        if dispatch.error == dispatches.LATE:
            raise Invalid(Problem("", f"{dispatches.LATE}: {dispatch.completed_at.isoformat()}"))
        if (dispatch.output, dispatch.error) == (answer, error[:_LONGEST_ERROR]):
            return
        raise Conflict("The invocation is completed already")
    own = ports.of(dispatch.tenant)
    if answer is not None and (wrong := _wrong(answer, _event(dispatch, own), own)):
        raise Invalid(*wrong)
    completed = dispatch.completed(ports.clock.now(), answer, error[:_LONGEST_ERROR])
    if id not in own.dispatches.complete([completed]):
        raise Conflict("The invocation is completed already")


def secret(dispatch: Dispatch, *, ports: TenantPorts) -> str:
    """What proves an answer to it; raise NotFound when its endpoint is gone."""
    return secret_by(ports.integrations.get(dispatch.integration), dispatch.id)


def secret_by(integration: Integration, id: str) -> str:
    """What proves an answer to the dispatch that the integration brought."""
    return dispatches.secret_of(str(integration.settings["key"]), id)


def recent(*, ports: TenantPorts) -> Sequence[Dispatch]:
    """The newest first of what is not forgotten yet."""
    now = ports.clock.now()
    found = (one.as_of(now) for one in ports.dispatches.newest(MOST))
    return [one for one in found if one.kept_until > now]


def inputs(found: Sequence[Dispatch], *, ports: TenantPorts) -> Mapping[str, Mapping[str, Any]]:
    """What each was brought, by its id, as far as it is known and all of it is not too much."""
    known: dict[str, Mapping[str, Any]] = {}
    room = _INPUTS
    for at in range(0, len(found), _INPUTS_A_READ):
        some = found[at : at + _INPUTS_A_READ]
        real = [one.invocation for one in some if one.input is None]
        recorded = ports.invocations.get_many(sorted(set(real))) if real else {}
        for one in some:
            value = one.input
            if value is None and one.invocation in recorded:
                value = recorded[one.invocation].invocation.payload
            room -= len(json.dumps([value, one.output, one.content]))
            if room <= 0:
                return known
            known[one.id] = value or {}
    return known


def _proven(id: str, presented: str, ports: Ports) -> Dispatch:
    dispatch = ports.dispatches.find(id)
    try:
        expected = secret(dispatch, ports=ports.of(dispatch.tenant)) if dispatch else ""
    except NotFound:
        expected = ""
    if (
        dispatch is None
        or not expected
        or not hmac.compare_digest(expected.encode(), presented.encode(errors="replace"))
    ):
        raise Forbidden("There is no invocation with this id and secret")
    return dispatch


def _event(dispatch: Dispatch, ports: TenantPorts) -> EventType | None:
    """Its type, if there still is one."""
    found = ports.event_types.get_many(dispatch.application, [dispatch.event])
    return found.get(dispatch.event)


def _wrong(
    answer: Mapping[str, Any], event: EventType | None, ports: TenantPorts
) -> Sequence[Problem]:
    if len(json.dumps(answer)) > _LONGEST_ANSWER:
        return [Problem("output", f"is larger than {_LONGEST_ANSWER} bytes", kind="limit")]
    if event is None or event.output_schema is None:
        return []
    found = ports.schemas.validate(event.output_schema, answer)
    return [replace(p, path=f"output.{p.path}".rstrip("."), value=None) for p in found]


def _said(problems: Iterable[Problem]) -> str:
    return "; ".join(map(str, problems))[:_LONGEST_ERROR]
