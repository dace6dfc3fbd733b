"""Create, change and find subscribers, and set their credentials."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from carillon.domain.audience.addresses import ChannelChanges, without_provider
from carillon.domain.audience.subscribers import Subscriber, SubscriberChanges, check_size, merge
from carillon.domain.base import paging
from carillon.domain.base.errors import CarillonError, Invalid, NotFound
from carillon.domain.base.numbering import NumberedWalk, numbered_walk
from carillon.domain.base.paging import Count, Look, Page, View, Window, view
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName, Noun
from carillon.domain.integrations.integrations import Integration
from carillon.ports import TenantPorts
from carillon.usecases.audience import updates
from carillon.usecases.audience.updates import Contended, Upserted
from carillon.usecases.setup.address_binding import Binder

GATHERED = 10_000  # subscribers that are read to sort them, or to look for a name
_SAME_ADDRESS = 100  # subscribers with one address that are found


class SubscriberOrder(StrEnum):
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"


_ORDERS: Mapping[SubscriberOrder | None, Callable[[Subscriber], str]] = {
    None: lambda _subscriber: "",
    SubscriberOrder.CREATED_AT: lambda subscriber: subscriber.created_at.isoformat(),
    SubscriberOrder.UPDATED_AT: lambda subscriber: subscriber.updated_at.isoformat(),
}


@dataclass(frozen=True, kw_only=True)
class SubscriberFilter:
    """Subscribers to find: by part of a name, or by an exact value."""

    id: str | None = None
    email: str | None = None
    phone: str | None = None
    name: str | None = None
    order: SubscriberOrder | None = None  # None is storage order

    def fits(self, subscriber: Subscriber) -> bool:
        names = f"{subscriber.first_name or ''} {subscriber.last_name or ''}".casefold()
        return (
            self.id in {None, subscriber.id}
            and (self.email is None or self.email.lower() == (subscriber.email or "").lower())
            and self.phone in {None, subscriber.phone}
            and (self.name is None or self.name.casefold() in names)
        )


def get(id: str, *, ports: TenantPorts) -> Subscriber:
    found = ports.subscribers.get_many([id]).get(id)
    if found is None:
        raise NotFound(Noun.SUBSCRIBER, id)
    return found


def upsert(
    changes: Sequence[SubscriberChanges], *, ports: TenantPorts
) -> tuple[Upserted, Sequence[tuple[str, CarillonError]]]:
    """Save all changes that can be saved; return them, and by id why the others were not."""
    binder = Binder(ports)
    bound: list[SubscriberChanges] = []
    failed: list[tuple[str, CarillonError]] = []
    for one in changes:
        try:
            check_size(one)
            bound.append(binder.bind(one))
        except Invalid as error:
            failed.append((one.id, error))
    try:
        done = updates.upsert(bound, ports=ports)
    except Contended as contended:
        done = contended.done
        failed += ((id, contended) for id in contended.lost)
    return done, [*failed, *done.refused.items()]


def create(
    changes: SubscriberChanges, *, fail_if_exists: bool = False, ports: TenantPorts
) -> tuple[Subscriber, bool]:
    """Create or change a subscriber; return it, and whether it is new.

    Raise NoIntegration for an address that nothing can be sent to.
    """
    check_size(changes)
    bound = Binder(ports).bind(changes)
    if fail_if_exists:
        new = merge(None, bound, ports.clock.now())
        if not ports.subscribers.save([new]):
            return new, True
        known = ports.subscribers.get_many([changes.id]).get(changes.id)
        return known or new, False
    done = updates.upsert([bound], ports=ports)
    return done.one(changes.id), bool(done.created)


def change(changes: SubscriberChanges, *, ports: TenantPorts) -> Subscriber:
    """Change a subscriber; raise NotFound for an unknown one, NoIntegration as `create` does."""
    check_size(changes)
    return updates.merge_into(Binder(ports).bind(changes), ports=ports)


def set_credentials(id: str, address: ChannelChanges, *, ports: TenantPorts) -> Subscriber:
    """Reach somebody through an integration; errors as in `change`."""
    changes = SubscriberChanges(id=id, channels=(address,), registers=True)
    return change(changes, ports=ports)


def integrations_of(people: Sequence[Subscriber], *, ports: TenantPorts) -> Sequence[Integration]:
    """Return the integrations that people's channels may use; none without channels."""
    needed = any(one.channels or one.dead for one in people)
    return ports.integrations.all() if needed else ()


def remove_credentials(id: str, provider: str, *, ports: TenantPorts) -> None:
    """Remove a subscriber's addresses of a provider."""
    updates.change(
        id,
        lambda stored: replace(stored, channels=without_provider(stored.channels, provider)),
        ports=ports,
    )


def set_online(id: str, *, online: bool, ports: TenantPorts) -> Subscriber:
    now = ports.clock.now()

    def present(stored: Subscriber) -> Subscriber:
        return replace(stored, online=online, last_online_at=now)

    return updates.change(id, present, ports=ports)


def numbered(page: int, size: int, *, ports: TenantPorts) -> NumberedWalk[Subscriber]:
    """Return a page of all subscribers by its number, from 0."""
    return numbered_walk(ports.subscribers.walk, ports.subscribers.count, page, size)


def search(wanted: SubscriberFilter, look: Look, *, ports: TenantPorts) -> View[Subscriber]:
    """Find subscribers; raise Invalid when too many would have to be read."""
    if wanted == SubscriberFilter():
        count = ports.subscribers.count()
        return view(ports.subscribers.walk, count, look)
    found = [one for one in _candidates(wanted, ports) if wanted.fits(one)]
    return view(_sorted(found, wanted, ports.tenant), Count(len(found)), look)


def _candidates(wanted: SubscriberFilter, ports: TenantPorts) -> Sequence[Subscriber]:
    if wanted.id is not None:
        return tuple(ports.subscribers.get_many([wanted.id]).values())
    if wanted.email is not None:
        ids = ports.subscribers.by_email(wanted.email, _SAME_ADDRESS)
        return tuple(ports.subscribers.get_many(ids).values())
    everybody = ports.subscribers.walk(Window(limit=GATHERED))
    if everybody.cursor is not None:
        limit = f"needs at most {GATHERED} subscribers; search by id or email instead"
        raise Invalid(FieldProblem(_costly(wanted), limit))
    return everybody.items


def _costly(wanted: SubscriberFilter) -> FieldName:
    """Return the field of a search that makes it read all subscribers."""
    if wanted.order is not None:
        return FieldName.ORDER
    return FieldName.PHONE if wanted.name is None else FieldName.NAME


def _sorted(
    found: Sequence[Subscriber], wanted: SubscriberFilter, tenant: str
) -> Callable[[Window], Page[Subscriber]]:
    order = _ORDERS[wanted.order]
    return paging.over(found, lambda one: (order(one), one.id), f"{tenant} found by {wanted.order}")
