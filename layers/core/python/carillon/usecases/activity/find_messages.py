"""Find messages: deliveries as their readers name them, with what is still known of each.

What was sent to a service outside is not kept, so only in-app messages have their words.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import batched

from carillon.domain.activity.feeds import FeedMessage, FeedPosition
from carillon.domain.base import numbering
from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid, NotFound
from carillon.domain.base.numbering import Numbered, OutOfReach
from carillon.domain.base.paging import Page
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.spans import Span
from carillon.domain.base.terms import FieldName, Noun
from carillon.domain.delivery.deliveries import DeliveryRecord, Status
from carillon.domain.delivery.invocations import RecordedInvocation
from carillon.ports import TenantPorts
from carillon.usecases.activity import find_deliveries
from carillon.usecases.activity.find_deliveries import DeliveryFilter, DeliveryView

_AT_ONCE = 50
_MOST_PAGES = 40  # of them, that one call reads
_AGO = timedelta(days=31)

type Turn = Callable[[str | None], Page[DeliveryView]]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A delivery to a subscriber with its invocation, and its feed message if it has one."""

    record: DeliveryRecord
    subscriber: str
    recorded: RecordedInvocation
    shown: FeedMessage | None = None

    @property
    def place(self) -> FeedPosition:
        return FeedPosition(self.subscriber, self.recorded.accepted_at, self.record.delivery)


def messages(
    page: int,
    size: int,
    *,
    channels: frozenset[Channel] = frozenset(),
    subscriber: str | None = None,
    invocations: Sequence[str] = (),
    ports: TenantPorts,
) -> Numbered[Found]:
    """A page of what has been attempted, the newest first: in 31 days, or of these invocations.

    What one call reads is bounded: a page that it does not reach is Invalid. In-app messages that
    somebody has deleted are left out.
    """
    wanted = DeliveryFilter(channels=channels, attempted=True, addressed=True, unskipped=True)
    turns = _turns(wanted, subscriber, invocations, ports)
    return numbering.numbered(_known(_walk(turns), ports), page, size)


def remove(place: FeedPosition, *, ports: TenantPorts) -> None:
    """Remove a message from its feed; raise Invalid for one that was sent outside."""
    if ports.feeds.get_many([place]):
        ports.feeds.remove([place])
        return
    moment = Span(place.at, place.at + timedelta.resolution)
    turn = _of_subscriber(place.subscriber, moment, DeliveryFilter(unskipped=True), ports)
    found = next((one for one in _walk([turn]) if one.delivery == place.id), None)
    if found is None or found.channel is Channel.IN_APP:
        raise NotFound(Noun.MESSAGE, place.id)
    raise Invalid(
        FieldProblem(FieldName.MESSAGE, f"was sent by {found.channel}, and cannot be taken back")
    )


def remove_all(invocation: str, channels: frozenset[Channel], *, ports: TenantPorts) -> None:
    """Remove an invocation's messages from all feeds."""
    if channels and Channel.IN_APP not in channels:
        return
    try:
        recorded = ports.invocations.get(invocation)
    except NotFound:
        return
    wanted = DeliveryFilter(
        channels=frozenset({Channel.IN_APP}), attempted=True, addressed=True, unskipped=True
    )
    turn = _of_invocation(invocation, None, wanted, ports)
    places = (
        FeedPosition(one.subscriber or "", recorded.accepted_at, one.delivery)
        for one in _walk([turn], most=None)
    )
    for some in batched(places, _AT_ONCE, strict=False):
        ports.feeds.remove(some)


def _turns(
    wanted: DeliveryFilter, subscriber: str | None, invocations: Sequence[str], ports: TenantPorts
) -> Iterator[Turn]:
    """Return the lists to read, one after the other."""
    if invocations:
        known = ports.invocations.get_many(list(dict.fromkeys(invocations)))
        for recorded in sorted(known.values(), key=lambda one: one.accepted_at, reverse=True):
            yield _of_invocation(recorded.invocation.id, subscriber, wanted, ports)
    elif subscriber is not None:
        yield _of_subscriber(subscriber, Span(), wanted, ports)
    else:
        now = ports.clock.now()
        span = Span(*Span(now - _AGO).bounded(now))  # one span, however long the walk takes
        yield lambda cursor: find_deliveries.of_tenant(
            span, None, wanted, cursor, _AT_ONCE, ports=ports
        )


def _of_invocation(
    id: str, subscriber: str | None, wanted: DeliveryFilter, ports: TenantPorts
) -> Turn:
    return lambda cursor: find_deliveries.of_invocation(
        id, wanted, cursor, _AT_ONCE, subscriber=subscriber, ports=ports
    )


def _of_subscriber(subscriber: str, span: Span, wanted: DeliveryFilter, ports: TenantPorts) -> Turn:
    return lambda cursor: find_deliveries.of_subscriber(
        subscriber, span, wanted, cursor, _AT_ONCE, ports=ports
    )


def _walk(
    turns: Iterator[Turn] | Sequence[Turn], most: int | None = _MOST_PAGES
) -> Iterator[DeliveryView]:
    pages = 0
    for turn in turns:
        cursor: str | None = None
        while True:
            if pages == most:
                raise OutOfReach
            page = turn(cursor)
            pages += 1
            yield from page.items
            cursor = page.cursor
            if cursor is None:
                break


def _known(told: Iterator[DeliveryView], ports: TenantPorts) -> Iterator[Found]:
    """Add invocations and messages; leave out deliveries whose invocation has expired."""
    for some in numbering.some_at_a_time(told, _AT_ONCE):
        records = [one for one in some if isinstance(one, DeliveryRecord)]
        ids = list(dict.fromkeys(one.invocation for one in records))
        recorded: Mapping[str, RecordedInvocation] = ports.invocations.get_many(ids) if ids else {}
        found = [
            Found(record=one, subscriber=one.subscriber or "", recorded=recorded[one.invocation])
            for one in records
            if one.invocation in recorded
        ]
        inside = [one.place for one in found if one.record.channel is Channel.IN_APP]
        shown = ports.feeds.get_many(inside) if inside else {}
        for one in found:
            whole = replace(one, shown=shown.get(one.place))
            deleted = one.record.channel is Channel.IN_APP and whole.shown is None
            if not (deleted and one.record.status is Status.SENT):
                yield whole
