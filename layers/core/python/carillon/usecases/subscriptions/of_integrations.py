"""Manage subscriptions of integrations, as receivers of notifications see them.

They choose by which integrations they hear of a type, but not whether they hear of one that is
required. What is subscribed otherwise, topics and people, is not among them.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from carillon.domain.base.errors import Conflict, Invalid, Needed, NotFound
from carillon.domain.base.guards import Guarded
from carillon.domain.base.paging import every
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName, Noun
from carillon.domain.base.turns import in_turn
from carillon.domain.catalogue.event_types import EventType, Priority
from carillon.domain.subscriptions.subscriptions import Subscription, Target
from carillon.ports import TenantPorts
from carillon.usecases.integrations import integrations
from carillon.usecases.subscriptions import subscriptions


def all_of(application: str, *, ports: TenantPorts) -> Sequence[Subscription]:
    return [one for one in every(ports.subscriptions.list) if _is_one(one, application)]


def types_of(application: str, *, ports: TenantPorts) -> Sequence[EventType]:
    """Return the event types that can be subscribed to."""
    return list(every(partial(ports.event_types.list, application)))


def get(id: str, application: str, *, ports: TenantPorts) -> Subscription:
    subscription = ports.subscriptions.get(id)
    if not _is_one(subscription, application):
        raise NotFound(Noun.SUBSCRIPTION, id)
    return subscription


def create(subscription: Subscription, *, ports: TenantPorts) -> Subscription:
    """Subscribe integrations; raise Conflict when they are subscribed to the type already."""
    subscriptions.check_filter(subscription.filter, ports=ports)

    def attempt() -> Subscription:
        seen = ports.guards.see(Guarded.SUBSCRIPTIONS)
        _check(subscription, ports=ports)
        _check_new(subscription, ports)
        return subscriptions.create_now(subscription, seen, ports=ports)

    return in_turn(attempt, ports.clock.pause)


def change(
    id: str,
    application: str,
    changes: Callable[[Subscription], Mapping[str, Any]],
    *,
    ports: TenantPorts,
) -> Subscription:
    """Change a subscription by what is made from the stored one; raise NotFound, or Invalid."""

    def checked(before: Subscription) -> Mapping[str, Any]:
        if not _is_one(before, application):
            raise NotFound(Noun.SUBSCRIPTION, id)
        wanted = changes(before)
        if wanted.get("active") is False and _is_required(before, ports=ports):
            raise _not_off(before.event)
        return wanted

    return subscriptions.change(id, checked, ports=ports)


def remove(id: str, application: str, *, ports: TenantPorts) -> None:
    subscription = get(id, application, ports=ports)
    if _is_required(subscription, ports=ports):
        raise Needed(
            f"Event type {subscription.event!r} is required: the subscription cannot be removed"
        )
    ports.subscriptions.remove(id)


def remove_integration(id: str, *, ports: TenantPorts) -> None:
    """Remove an integration; raise Needed when a subscription uses it."""

    def attempt() -> None:
        seen = ports.guards.see(Guarded.SUBSCRIPTIONS)
        ports.integrations.get(id)
        for subscription in every(ports.subscriptions.list):
            if subscription.target is Target.INTEGRATION and id in subscription.target_ids:
                raise Needed(f"Subscription {subscription.id!r} uses the integration")
        integrations.remove_now(id, (seen,), ports=ports)

    in_turn(attempt, ports.clock.pause)


def _check(subscription: Subscription, *, ports: TenantPorts) -> None:
    if not subscription.active and _is_required(subscription, ports=ports):
        raise _not_off(subscription.event)


def _check_new(subscription: Subscription, ports: TenantPorts) -> None:
    place = (subscription.application, subscription.event)
    for other in ports.subscriptions.for_event(*place):
        same = set(other.target_ids) == set(subscription.target_ids)
        if same and _is_one(other, subscription.application):
            told = "These integrations are subscribed to this type already"
            raise Conflict(told, existing=other.id)


def _not_off(event: str) -> Invalid:
    return Invalid(
        FieldProblem(FieldName.ACTIVE, f"must stay on: event type {event!r} is required")
    )


def _is_one(subscription: Subscription, application: str) -> bool:
    return subscription.target is Target.INTEGRATION and subscription.application == application


def _is_required(subscription: Subscription, *, ports: TenantPorts) -> bool:
    known = ports.event_types.get_many(subscription.application, [subscription.event])
    return any(event.priority is Priority.REQUIRED for event in known.values())
