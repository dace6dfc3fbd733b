"""Replay: make deliveries anew, to where their subscribers can be reached today.

The new ones belong to an invocation of their own and name the ones that they repeat (`replay_of`).
A step may be repeated by the queue and then comes out the same, as those of fanning out do.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from carillon.domain import routing
from carillon.domain.channels import Channel
from carillon.domain.chunking import Place
from carillon.domain.deliveries import Attempted, Delivery, Status, delivery_id
from carillon.domain.integrations import Integration
from carillon.domain.invocations import Job
from carillon.domain.replays import UNSUCCESSFUL, Replay
from carillon.domain.subscribers import Subscriber
from carillon.ports import Ports
from carillon.usecases import follow_invocations
from carillon.usecases.fan_out import send

PAGE_SIZE = 500  # deliveries that one message makes anew


def replay(
    id: str,
    *,
    invocation: str,
    deliveries: Iterable[str] = (),
    statuses: Iterable[Status] = UNSUCCESSFUL,
    tenant: str,
    ports: Ports,
) -> Replay:
    """Send the replay on its way; the same id is the same replay.

    Raise NotFound when there is no such invocation, Unavailable when the queue did not take it.
    """
    ports.invocations.get(tenant, invocation)
    asked = Replay(
        id=id,
        tenant=tenant,
        accepted_at=ports.clock.now(),
        invocation=invocation,
        statuses=tuple(statuses),
        deliveries=tuple(deliveries),
    )
    ports.queues.send_replays([asked])
    return asked


def replay_page(page: Replay, *, ports: Ports) -> None:
    """Make a page of an invocation's deliveries anew, and send the next page on its way."""
    original = ports.invocations.get(page.tenant, page.invocation).invocation
    anew = page.made_anew(original)
    job = Job(id=anew.id, tenant=page.tenant, accepted_at=page.accepted_at, invocations=(anew,))
    ports.invocations.record(job)
    found = follow_invocations.deliveries(
        page.invocation, page.cursor, PAGE_SIZE, tenant=page.tenant, ports=ports
    )
    chosen = frozenset(one.delivery for one in found.items if _is_chosen(one, page))
    planned = page.planned
    if chosen:
        planned += _send_again(found.items, chosen, page, job, ports)
    # Last: a page that has to be repeated would otherwise have the ones behind it repeated too.
    if found.cursor:
        ports.queues.send_replays([replace(page, cursor=found.cursor, planned=planned)])
    else:
        ports.invocations.enlist(job, {anew.id: planned}, ranges=1)


def _send_again(
    found: Sequence[Attempted], chosen: frozenset[str], page: Replay, job: Job, ports: Ports
) -> int:
    """Send the chosen ones anew; how many deliveries that makes."""
    people = {one.subscriber for one in found if one.delivery in chosen and one.subscriber}
    again = _Again(
        page=page,
        integrations={i.id: i for i in ports.integrations.all(page.tenant) if i.usable},
        people=ports.subscribers.get_many(page.tenant, sorted(people)),
        known=frozenset(one.delivery for one in found),
    )
    # Each has its place, chosen or not, so that what changes meanwhile moves no other.
    places = [
        Place(page.target, tuple(again(one)) if one.delivery in chosen else ()) for one in found
    ]
    return send(job.invocations, places, job, 0, ports).get(page.target, 0)


@dataclass(frozen=True, kw_only=True)
class _Again:
    """Makes a delivery anew, to the same address; to today's, if that one is gone."""

    page: Replay
    integrations: Mapping[str, Integration]
    people: Mapping[str, Subscriber]
    known: frozenset[str]  # deliveries of the original

    def __call__(self, one: Attempted) -> Iterator[tuple[Channel, Delivery]]:
        routed = list(self._routed(one))
        before = {new.id: self._original(new) for _, new in routed}
        same = [(c, new) for c, new in routed if before[new.id] == one.delivery]
        # An address that another delivery of the original went to is that one's to repeat.
        free = [(c, new) for c, new in routed if before[new.id] not in self.known]
        for channel, new in same or free:
            yield channel, replace(new, replay_of=one.delivery)

    def _routed(self, one: Attempted) -> Iterator[tuple[Channel, Delivery]]:
        integration = self.integrations.get(one.integration)
        if integration is None:
            return
        if one.subscriber is None:
            yield routing.to_integration(self.page.target, integration)
        elif subscriber := self.people.get(one.subscriber):
            yield from routing.to_subscriber(
                self.page.target, subscriber, [integration.channel], [integration]
            )

    def _original(self, new: Delivery) -> str:
        """The id that it had, to the same address, as one of the original invocation."""
        return delivery_id(self.page.invocation, new.subscriber, new.integration, new.address)


def _is_chosen(one: Attempted, page: Replay) -> bool:
    return one.status in page.statuses and (not page.deliveries or one.delivery in page.deliveries)
