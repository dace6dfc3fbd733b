"""Manage subscriptions that own an endpoint: each is stored with an integration of its own.

The endpoint is an integration like any other, so that its deliveries, retries and circuit are too.
It is its subscription's own: nothing else uses it, and it is not listed among the tenant's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

from carillon.domain.base import ids
from carillon.domain.base.errors import Conflict, Invalid, NotFound, QuotaExceeded
from carillon.domain.base.guards import Guarded, Seen
from carillon.domain.base.paging import every
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName, Noun
from carillon.domain.base.turns import in_turn
from carillon.domain.catalogue.event_types import EventType
from carillon.domain.integrations.integrations import Integration
from carillon.domain.subscriptions.subscriptions import (
    ANSWER_WITHIN,
    AnswerMode,
    EndpointKind,
    Subscription,
    Target,
)
from carillon.ports import TenantPorts
from carillon.usecases.integrations import integrations
from carillon.usecases.subscriptions import subscriptions
from carillon.usecases.tenancy import announce

MOST = 50  # endpoints of one event type
MOST_ANSWERING = 1  # of an event type that wants a reply

# Settings of an endpoint that a change keeps unless it names them.
_LASTING = ("key", "callback")
_PAGE = 100


@dataclass(frozen=True, kw_only=True)
class EndpointDraft:
    """A subscription as requested.

    `settings` are the endpoint's; None keeps all, and a setting that is None keeps the stored
    one, so that no secret need be sent again. `defaults` are the installation's own settings:
    where answers go.
    """

    event: str
    name: str
    endpoint: EndpointKind
    settings: Mapping[str, Any] | None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    active: bool = True
    filter: str = ""
    answer_mode: AnswerMode = AnswerMode.SYNC
    answer_within: timedelta = ANSWER_WITHIN


@dataclass(frozen=True, kw_only=True)
class EndpointSubscription:
    """A subscription with its event type's name and its endpoint's settings, without secrets."""

    subscription: Subscription
    event_name: str
    shown: Mapping[str, Any]
    secrets: frozenset[str]  # names of settings that exist and are not shown


def create(draft: EndpointDraft, *, application: str, ports: TenantPorts) -> EndpointSubscription:
    """Create a subscription with its endpoint.

    Raise Invalid for an unknown event type or filter, Conflict when the event type has no room for
    another endpoint.
    """

    def attempt() -> EndpointSubscription:
        return _create(draft, application, ports.guards.see(Guarded.SUBSCRIPTIONS), ports)

    return in_turn(attempt, ports.clock.pause)


def _create(
    draft: EndpointDraft, application: str, seen: Seen, ports: TenantPorts
) -> EndpointSubscription:
    try:
        event = ports.event_types.get(application, draft.event)
    except NotFound as error:
        message = f"{error.id!r} does not exist"
        raise Invalid(FieldProblem(FieldName.EVENT_TYPE, message, kind="reference")) from None
    subscriptions.check_filter(draft.filter, ports=ports)
    subscriptions.check_work(draft.filter, event, ports=ports)
    _check_room(event, ports)
    now = ports.clock.now()
    subscription = Subscription(
        id=ids.new(),
        event=draft.event,
        application=application,
        target=Target.ENDPOINT,
        target_ids=(ids.new(),),
        created_at=now,
        updated_at=now,
    )
    endpoint = _integration(subscription, draft, ports, stored=None)
    subscription = _described(subscription, draft)
    ports.subscriptions.save(subscription, endpoint=endpoint, seen=seen)
    return _shown(subscription, event.name, endpoint, ports)


def get(id: str, *, application: str, ports: TenantPorts) -> EndpointSubscription:
    """Raise NotFound for an unknown subscription, or one of another kind."""
    subscription = _stored(id, application, ports)
    endpoint = ports.integrations.get(subscription.target_ids[0])
    known = ports.event_types.get_many(application, [subscription.event])
    name = known[subscription.event].name if subscription.event in known else subscription.event
    return _shown(subscription, name, endpoint, ports)


def change(
    id: str,
    redraft: Callable[[EndpointSubscription], EndpointDraft],
    *,
    application: str,
    ports: TenantPorts,
) -> EndpointSubscription:
    """Replace a subscription by a draft made from the stored one, except its event type."""

    def attempt() -> EndpointSubscription:
        stored = get(id, application=application, ports=ports)
        return _change(stored, redraft(stored), ports)

    return in_turn(attempt, ports.clock.pause)


def _change(
    before: EndpointSubscription, draft: EndpointDraft, ports: TenantPorts
) -> EndpointSubscription:
    stored = before.subscription
    if draft.event != stored.event:
        raise Invalid(FieldProblem(FieldName.EVENT_TYPE, "cannot be changed"))
    subscriptions.check_filter(draft.filter, ports=ports)
    if draft.filter != stored.filter:
        known = ports.event_types.get_many(stored.application, [draft.event])
        subscriptions.check_work(draft.filter, known.get(draft.event), ports=ports)
    endpoint = ports.integrations.get(stored.target_ids[0])
    after = replace(
        _described(stored, draft), updated_at=ports.clock.now(), version=stored.version + 1
    )
    now = _integration(after, draft, ports, stored=endpoint)
    ports.subscriptions.save(after, endpoint=now if now is not endpoint else None)
    return _shown(after, before.event_name, now, ports)


def remove(id: str, *, application: str, ports: TenantPorts) -> None:
    _stored(id, application, ports)
    subscriptions.remove(id, ports=ports)


def all_of(application: str, *, ports: TenantPorts) -> Sequence[EndpointSubscription]:
    """Return the application's endpoint subscriptions, ordered by id."""
    found = [
        one
        for one in every(ports.subscriptions.list)
        if one.target is Target.ENDPOINT and one.application == application
    ]
    if not found:
        return []
    endpoints = {one.id: one for one in ports.integrations.all()}
    names = ports.event_types.get_many(application, sorted({s.event for s in found}))
    return [
        _shown(s, names[s.event].name if s.event in names else s.event, endpoint, ports)
        for s in found
        if (endpoint := endpoints.get(s.target_ids[0]))
    ]


def event_types(application: str, *, ports: TenantPorts) -> Sequence[EventType]:
    """Return all event types except Carillon's own, ordered by slug."""
    found = every(partial(ports.event_types.list, application))
    return [event for event in found if event.slug not in announce.OWN]


def _stored(id: str, application: str, ports: TenantPorts) -> Subscription:
    subscription = ports.subscriptions.get(id)
    if subscription.target is not Target.ENDPOINT or subscription.application != application:
        raise NotFound(Noun.SUBSCRIPTION, id)
    return subscription


def _check_room(event: EventType, ports: TenantPorts) -> None:
    present = ports.subscriptions.for_event(event.application, event.slug)
    most = MOST_ANSWERING if event.wants_answer else MOST
    if sum(one.target is Target.ENDPOINT for one in present) >= most:
        raise Conflict(f"Event type {event.slug!r} has {most} of {most} endpoints")
    owned = sum(bool(one.owner) for one in ports.integrations.all(now=True))
    if owned >= ports.quotas.endpoints:
        raise QuotaExceeded(f"The quota of {ports.quotas.endpoints} endpoints is used up")


def _described(subscription: Subscription, draft: EndpointDraft) -> Subscription:
    return replace(
        subscription,
        name=draft.name,
        description=draft.description,
        active=draft.active,
        filter=draft.filter,
        endpoint=draft.endpoint,
        answer_mode=draft.answer_mode,
        answer_within=draft.answer_within,
    )


def _integration(
    subscription: Subscription,
    draft: EndpointDraft,
    ports: TenantPorts,
    *,
    stored: Integration | None,
) -> Integration:
    """Return the endpoint with settings it keeps; the stored one if nothing changes."""
    kind = draft.endpoint.provider
    same = stored is not None and stored.provider == kind
    if draft.settings is None:
        if stored is None or not same:
            message = f"of the {draft.endpoint} endpoint are missing"
            raise Invalid(FieldProblem(FieldName.SETTINGS, message, kind="missing"))
        return stored
    kept = dict(stored.settings) if stored else {}
    known = {name: kept[name] for name in _LASTING if name in kept}
    secrets = {n: kept[n] for n, v in draft.settings.items() if v is None and same and n in kept}
    given = {name: value for name, value in draft.settings.items() if value is not None}
    provider = ports.providers.get(kind)
    allowed = {**draft.defaults, **known}
    taken = {n: v for n, v in allowed.items() if n == "key" or n in provider.visible}
    before = stored.settings if stored and same else {}
    settings = integrations.changed_settings(provider, before, {**taken, **secrets, **given}, given)
    if stored is not None and same and settings == stored.settings:
        return stored
    now = ports.clock.now()
    return Integration(
        id=subscription.target_ids[0],
        identifier=f"subscription-{subscription.id}",
        name=draft.name,
        provider=kind,
        channel=provider.channel,
        subscriber_field=provider.subscriber_field,
        settings=settings,
        created_at=stored.created_at if stored else now,
        updated_at=now,
        version=stored.version + 1 if stored else 1,
        owner=subscription.id,
    )


def _shown(
    subscription: Subscription, event_name: str, endpoint: Integration, ports: TenantPorts
) -> EndpointSubscription:
    visible = ports.providers.get(endpoint.provider).visible
    return EndpointSubscription(
        subscription=subscription,
        event_name=event_name,
        shown={n: v for n, v in endpoint.settings.items() if n in visible},
        secrets=frozenset(endpoint.settings.keys() - visible),
    )
