"""Manage who hears every event of a type."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from carillon.domain.base.errors import Invalid, NotFound, QuotaExceeded
from carillon.domain.base.guards import Guarded, Seen
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName
from carillon.domain.base.turns import in_turn
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.subscriptions.subscriptions import Subscription, Target, Verdict
from carillon.ports import TenantPorts
from carillon.usecases.audience import subscribers


def create(subscription: Subscription, *, ports: TenantPorts) -> Subscription:
    """Create a subscription. Raise Invalid for an unknown event type or target, or a bad filter."""
    check_filter(subscription.filter, ports=ports)

    def attempt() -> Subscription:
        return create_now(subscription, ports.guards.see(Guarded.SUBSCRIPTIONS), ports=ports)

    return in_turn(attempt, ports.clock.pause)


def create_now(subscription: Subscription, seen: Seen, *, ports: TenantPorts) -> Subscription:
    """Create a subscription, if all of them are as seen; raise Changed, with nothing done, if not.

    Raise Invalid for an unknown event type or target.
    """
    _exists(
        FieldName.EVENT_TYPE,
        lambda: check_work(
            subscription.filter,
            ports.event_types.get(subscription.application, subscription.event),
            ports=ports,
        ),
    )
    check_targets(subscription, ports=ports)
    present = ports.subscriptions.for_event(subscription.application, subscription.event)
    if len(present) >= (most := ports.quotas.subscriptions):
        raise QuotaExceeded(f"The event type has {most} of {most} subscriptions")
    ports.subscriptions.save(subscription, seen=seen)
    return subscription


def change(
    id: str,
    changes: Mapping[str, Any] | Callable[[Subscription], Mapping[str, Any]],
    *,
    ports: TenantPorts,
) -> Subscription:
    """Change fields of a subscription; changes may be made from the stored one."""

    def attempt() -> Subscription:
        before = ports.subscriptions.get(id)
        after = replace(before, **(changes(before) if callable(changes) else changes))
        if after == before:
            return before
        check_filter(after.filter, ports=ports)
        if after.filter != before.filter:
            known = ports.event_types.get_many(after.application, [after.event])
            check_work(after.filter, known.get(after.event), ports=ports)
        check_targets(after, ports=ports)
        after = replace(after, updated_at=ports.clock.now(), version=before.version + 1)
        ports.subscriptions.save(after)
        return after

    return in_turn(attempt, ports.clock.pause)


def remove(id: str, *, ports: TenantPorts) -> None:
    """Remove a subscription, and the endpoint it owns."""
    ports.subscriptions.remove(id)


def check_filter(expression: str, *, ports: TenantPorts) -> None:
    """Raise Invalid for a bad expression; an empty one is no filter."""
    if expression and (problems := ports.filters.check(expression)):
        raise Invalid(*problems)


def check_work(expression: str, event: EventType | None, *, ports: TenantPorts) -> None:
    """Raise Invalid for an expression that takes too much work on the event type's sample."""
    if expression and event is not None and event.sample:
        judge(expression, event.sample, ports=ports)


def judge(expression: str, value: Mapping[str, Any], *, ports: TenantPorts) -> bool:
    """Return whether the filter accepts the event; raise Invalid if that takes too much work."""
    verdict = ports.filters.verdicts([expression], value)[expression]
    if verdict is Verdict.FAILED and not ports.filters.check(expression):
        message = "takes more work on this event than a filter may"
        raise Invalid(FieldProblem(FieldName.FILTER, message))
    return verdict is Verdict.MATCHED


def check_targets(subscription: Subscription, *, ports: TenantPorts) -> None:
    """Raise Invalid without targets, or for an unknown one."""
    kind = str(subscription.target)
    if not subscription.target_ids:
        raise Invalid(FieldProblem(FieldName.TARGET, "must name at least one", within=kind))
    for id in subscription.target_ids:
        find = partial(_find, subscription.target, id, ports=ports)
        _exists(FieldName.TARGET, find, within=kind)


def _find(target: Target, id: str, *, ports: TenantPorts) -> object:
    match target:
        case Target.INTEGRATION | Target.ENDPOINT:
            return ports.integrations.get(id)
        case Target.TOPIC:
            return ports.topics.get(id)
        case Target.SUBSCRIBER:
            return subscribers.get(id, ports=ports)


def _exists(field: FieldName, find: Callable[[], object], within: str = "") -> None:
    """Report an unknown target as Invalid: NotFound would be the path's 404."""
    try:
        find()
    except NotFound as error:
        raise Invalid(FieldProblem(field, f"{error.id!r} does not exist", within=within)) from None
