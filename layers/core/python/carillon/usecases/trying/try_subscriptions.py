"""Send a test event to subscriptions at once, in the form of a real one; never repeated."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from carillon.domain.base import ids
from carillon.domain.base.errors import Invalid, NotFound, PayloadInvalid, TooLarge
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery import routing
from carillon.domain.delivery.deliveries import Delivery, EventDetails
from carillon.domain.delivery.dispatches import Dispatch
from carillon.domain.integrations.integrations import Integration
from carillon.domain.subscriptions.subscriptions import Subscription, Target, Verdict
from carillon.ports import TenantPorts
from carillon.telemetry.log_context import Pool
from carillon.usecases.catalogue import samples
from carillon.usecases.delivery import composing, dispatches, replies
from carillon.usecases.intake.checks import EVENT_LIMIT
from carillon.usecases.integrations import lookup
from carillon.usecases.trying.send_test import Tested, send_test

_AT_ONCE = 50  # as many endpoints as an event may have


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A test at one target. `dispatch` and `secret` are set when the endpoint may reply."""

    subscription: Subscription
    integration: Integration
    tested: Tested
    dispatch: Dispatch | None = None
    secret: str = ""


def try_event(
    slug: str,
    *,
    application: str,
    input: Mapping[str, Any] | None,
    content: Mapping[str, Any],
    only: Sequence[str] | None,
    ports: TenantPorts,
) -> Sequence[Trial] | None:
    """Send a test to the event type's endpoints, disabled ones too; return None without any.

    Without an input, the type's sample is sent, or one derived from its schema. Filters apply:
    who is filtered out hears nothing.
    """
    event = _event(slug, application, ports)
    endpoints = [
        subscription
        for subscription in ports.subscriptions.for_event(application, slug)
        if subscription.target is Target.ENDPOINT
    ]
    if input is None and not endpoints:
        return None
    payload = _payload(event, input, content, ports)
    if not endpoints:
        return None
    if only is not None:
        _all_known(only, endpoints)
        endpoints = [one for one in endpoints if one.id in only]
    hearing = _hearing(endpoints, payload, ports)
    return _tried(hearing, event, payload, content=content, ports=ports)


def try_subscription(
    id: str, *, input: Mapping[str, Any] | None, ports: TenantPorts
) -> Sequence[Trial]:
    """Send a test event to all targets of one subscription, ignoring its filter."""
    subscription = ports.subscriptions.get(id)
    if subscription.target not in {Target.INTEGRATION, Target.ENDPOINT}:
        message = f"must be an integration or endpoint to be tested, not a {subscription.target}"
        raise Invalid(FieldProblem(FieldName.TARGET, message))
    event = _event(subscription.event, subscription.application, ports)
    payload = _payload(event, input, {}, ports)
    return _tried([subscription], event, payload, content=None, ports=ports)


def _hearing(
    endpoints: Sequence[Subscription], payload: Mapping[str, Any], ports: TenantPorts
) -> Sequence[Subscription]:
    """Return the endpoints whose filters let the event through; raise Invalid if one fails."""
    verdicts = ports.filters.verdicts([one.filter for one in endpoints if one.filter], payload)
    for one in endpoints:
        if one.filter and verdicts[one.filter] is Verdict.FAILED:
            message = f"of subscription {one.id} takes too much work on this event"
            raise Invalid(FieldProblem(FieldName.FILTER, message))
    return [one for one in endpoints if verdicts.get(one.filter) is not Verdict.PASSED]


def _event(slug: str, application: str, ports: TenantPorts) -> EventType:
    try:
        return ports.event_types.get(application, slug)
    except NotFound as error:
        message = f"{error.id!r} does not exist"
        raise Invalid(FieldProblem(FieldName.EVENT_TYPE, message, kind="reference")) from None


def _payload(
    event: EventType,
    input: Mapping[str, Any] | None,
    content: Mapping[str, Any],
    ports: TenantPorts,
) -> Mapping[str, Any]:
    payload = input
    if payload is None:
        payload = samples.required(event, at=FieldName.INPUT, ports=ports)
    if (size := len(json.dumps([payload, content]))) > EVENT_LIMIT:
        raise TooLarge(f"The event is {size} bytes; the limit is {EVENT_LIMIT}")
    if event.input_schema is not None:
        problems = ports.schemas.validate(event.input_schema, payload, at=FieldName.INPUT)
        if problems:
            raise PayloadInvalid(*problems)
    return payload


def _all_known(only: Sequence[str], endpoints: Sequence[Subscription]) -> None:
    known = {subscription.id for subscription in endpoints}
    unknown = [id for id in only if id not in known]
    if unknown:
        message = f"includes {unknown[0][:100]!r}, which is not subscribed to this event type"
        raise Invalid(FieldProblem(FieldName.SUBSCRIPTIONS, message, kind="reference"))


def _tried(
    subscriptions: Sequence[Subscription],
    event: EventType,
    payload: Mapping[str, Any],
    *,
    content: Mapping[str, Any] | None,
    ports: TenantPorts,
) -> Sequence[Trial]:
    """Send to all targets in parallel; dispatches are stored before and completed after."""
    event_details = EventDetails(
        event=event.slug,
        accepted_at=ports.clock.now(),
        application=event.application,
        payload=payload,
    )
    targets = _targets(subscriptions, event, event_details, ports)
    started = {
        target.delivery.id: dispatch
        for target in targets
        if (dispatch := _dispatch(target.delivery, event_details, content, ports))
    }
    if started:
        ports.dispatches.start(list(started.values()))
    trials = list(_pool().map(lambda t: _brought(t, started, event, ports), targets))
    over = [t.dispatch for t in trials if t.dispatch and t.dispatch.completed_at]
    if over:
        ports.dispatches.complete(over)
    return trials


class _To(NamedTuple):
    subscription: Subscription
    integration: Integration
    delivery: Delivery
    message: Message


def _brought(
    target: _To, started: Mapping[str, Dispatch], event: EventType, ports: TenantPorts
) -> Trial:
    tested = send_test(
        target.integration, target.message, within=replies.TIME_TO_LISTEN, ports=ports
    )
    dispatch, secret = started.get(target.delivery.id), ""
    if dispatch:
        secret = dispatches.secret_by(target.integration, dispatch.id)
        sent = tested.result if tested.sent else None
        mode = target.message.answer_mode
        found = replies.completion(mode, sent, event, code=tested.result.code, ports=ports)
        dispatch = dispatch.completed(ports.clock.now(), *found) if found else dispatch
    return Trial(
        subscription=target.subscription,
        integration=target.integration,
        tested=tested,
        dispatch=dispatch,
        secret=secret,
    )


def _targets(
    subscriptions: Sequence[Subscription],
    event: EventType,
    event_details: EventDetails,
    ports: TenantPorts,
) -> list[_To]:
    """Return the deliveries that fan-out would make of this event."""
    wanted = [id for subscription in subscriptions for id in subscription.target_ids]
    known = {i.id: i for i in lookup.all_with(wanted, ports=ports)}
    test = f"test_{ids.new()}"
    templates = ports.templates.for_event(event)
    found: list[_To] = []
    for subscription in subscriptions:
        listener = subscription.listener(wants_answer=event.wants_answer)
        for id in subscription.target_ids:
            if id in known:
                _, delivery = routing.to_integration(test, known[id], listener)
                message = composing.compose(
                    delivery,
                    event_details,
                    templates,
                    integration=known[id],
                    event=event,
                    ports=ports,
                )
                found.append(_To(subscription, known[id], delivery, message))
    return found


def _dispatch(
    delivery: Delivery,
    event_details: EventDetails,
    content: Mapping[str, Any] | None,
    ports: TenantPorts,
) -> Dispatch | None:
    found = replies.dispatch_of(delivery, event_details, tenant=ports.tenant, now=ports.clock.now())
    if found is None:
        return None
    return replace(found, test=True, invocation="", input=event_details.payload, content=content)


@cache
def _pool() -> Executor:
    """A pool as wide as an event's endpoints: the caller waits for the slowest only."""
    return Pool(max_workers=_AT_ONCE, thread_name_prefix="try")
