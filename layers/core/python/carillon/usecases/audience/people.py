"""Manage subscribers as people: by name or address, with registrations in applications."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from carillon.domain.audience.subscribers import (
    DATA_LIMIT,
    REGISTRATIONS_LIMIT,
    Registration,
    Subscriber,
    SubscriberChanges,
    merge,
)
from carillon.domain.audience.topics import Topic
from carillon.domain.base.errors import Invalid, NotFound
from carillon.domain.base.merging import Merging, merged
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName, Noun
from carillon.ports import TenantPorts
from carillon.usecases.audience import memberships, topics, updates
from carillon.usecases.setup.address_binding import Binder


@dataclass(frozen=True, kw_only=True)
class Revision:
    """Changes of a person. None changes nothing."""

    first_name: str | None = None
    last_name: str | None = None
    locked: bool | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    merging: Merging = Merging.IGNORE


@dataclass(frozen=True, kw_only=True)
class Registered:
    """A person an application knows now, and the topic they were added to, if one was named."""

    subscriber: Subscriber
    registration: Registration
    created: bool  # whether the person is new to the tenant
    topic: Topic | None = None
    joined: int = 0  # 1 if the person was not in the topic before


def find(name: str, *, ports: TenantPorts) -> Subscriber:
    """Return a person by id or email address; of several, the first by id."""
    known = _known(name, ports=ports)
    if known is None:
        raise NotFound(Noun.SUBSCRIBER, name)
    return known


def add(changes: SubscriberChanges, *, ports: TenantPorts) -> tuple[Subscriber, bool]:
    """Create a person, or return the one with this id or address; and whether they are new.

    A known person stays as they are, but for a dead address, which lives again.
    """
    known = _known(changes.email or changes.id, ports=ports)
    if known is not None:
        again = SubscriberChanges(id=known.id, email=known.email, registers=True)
        return (updates.merge_into(again, ports=ports) if known.dead else known), False
    _check(changes.data or {})
    done = updates.upsert([changes], ports=ports)
    return done.one(changes.id), bool(done.created)


def revise(name: str, revision: Revision, *, ports: TenantPorts) -> Subscriber:
    def revised(stored: Subscriber) -> Subscriber:
        data = merged(stored.data or {}, revision.data, revision.merging)
        _check(data)
        given = {
            name: value
            for name in ("first_name", "last_name", "locked")
            if (value := getattr(revision, name)) is not None
        }
        return replace(stored, **given, data=data or (None if stored.data is None else {}))

    id = find(name, ports=ports).id
    return updates.change(id, revised, ports=ports)


def register(
    person: SubscriberChanges,
    registration: Registration,
    addresses: Sequence[SubscriberChanges] = (),
    *,
    topic_name: str | None = None,
    ports: TenantPorts,
) -> Registered:
    """Register a person with an application, creating them if they are new.

    A known person is changed by what is given of them. Registration data is merged into the stored
    data. A person who is registered joins the named topic. Raise Invalid, before anything is
    written, for an unknown topic, for an address that conflicts with the person's own, or for one
    that has no integration.
    """

    def known(stored: Subscriber) -> Subscriber:
        before = _registration(stored, registration.application)
        data = merged(before.data if before else {}, registration.data, Merging.MERGE)
        others = tuple(r for r in stored.registrations if r is not before)
        if len(others) >= REGISTRATIONS_LIMIT:
            most = f"is at the limit of {REGISTRATIONS_LIMIT} applications"
            raise Invalid(FieldProblem(FieldName.REGISTRATIONS, most))
        after = replace(registration, data=data)
        _check({"registrations": [dict(r.data) for r in (*others, after)]})
        return replace(stored, registrations=(*others, after))

    topic = topics.called(topic_name, ports=ports)
    now = ports.clock.now()
    blank = merge(None, person, now)
    met = _known(person.id, ports=ports)
    _check_addresses(met or blank, [person, *addresses])
    binder = Binder(ports)
    id = met.id if met else person.id
    given = [replace(binder.bind(each), id=id) for each in (person, *addresses)]
    updates.upsert(given, ports=ports).one(id)
    subscriber = updates.change(id, known, ports=ports)
    after = _registration(subscriber, registration.application) or registration
    joined = 0
    if topic is not None:
        joined = add_to_topic(topic.key, [subscriber.id], ports=ports)
    return Registered(
        subscriber=subscriber,
        registration=after,
        created=met is None,
        topic=topic,
        joined=joined,
    )


def unregister(name: str, application: str, *, ports: TenantPorts) -> int:
    """End a person's registration with an application; return the number ended, 0 or 1."""
    subscriber = find(name, ports=ports)
    if _registration(subscriber, application) is None:
        return 0

    def unknown(stored: Subscriber) -> Subscriber:
        rest = tuple(r for r in stored.registrations if r.application != application)
        return replace(stored, registrations=rest)

    updates.change(subscriber.id, unknown, ports=ports)
    return 1


def add_to_topic(key: str, names: Sequence[str], *, ports: TenantPorts) -> int:
    """Add people by id or address; return how many were no members before.

    Raise NotFound, and add nobody, when one of them is unknown.
    """
    ports.topics.get(key)
    by_id = ports.subscribers.get_many(list(dict.fromkeys(names)))
    ids = [name if name in by_id else find(name, ports=ports).id for name in names]
    return memberships.add(key, ids, ports=ports).added


def add_addresses(
    name: str, addresses: Sequence[SubscriberChanges], *, ports: TenantPorts
) -> Subscriber:
    """Add addresses to a person.

    Raise Invalid for a second email address or phone, NoIntegration for an address that nothing
    can be sent to.
    """
    subscriber = find(name, ports=ports)
    _check_addresses(subscriber, addresses)
    if not addresses:
        return subscriber
    binder = Binder(ports)
    changes = [replace(binder.bind(each), id=subscriber.id) for each in addresses]
    done = updates.upsert(changes, ports=ports)
    return done.one(subscriber.id)


def _known(name: str, *, ports: TenantPorts) -> Subscriber | None:
    known = ports.subscribers.get_many([name]).get(name)
    if known is None and "@" in name:
        ids = sorted(ports.subscribers.by_email(name, 1))
        found = ports.subscribers.get_many(ids) if ids else {}
        known = next(iter(found.values()), None)
    return known


def _check_addresses(subscriber: Subscriber, addresses: Sequence[SubscriberChanges]) -> None:
    """Raise Invalid for a second email address or phone, which would replace the first."""
    for kind in ("email", "phone"):
        values = {getattr(subscriber, kind), *(getattr(each, kind) for each in addresses)} - {None}
        if len(values) > 1:
            raise Invalid(
                FieldProblem(
                    FieldName.ADDRESS, f"must not be a second {kind}: a subscriber has one"
                )
            )


def _registration(subscriber: Subscriber, application: str) -> Registration | None:
    return next((r for r in subscriber.registrations if r.application == application), None)


def _check(data: Mapping[str, Any]) -> None:
    if len(json.dumps(data)) > DATA_LIMIT:
        raise Invalid(FieldProblem(FieldName.DATA, f"must not be larger than {DATA_LIMIT} bytes"))
