"""Read a subscriber's in-app feed, count its new messages, and mark them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched, islice
from typing import Any

from carillon.domain.activity.feeds import (
    CHANGED_BY,
    EVERY,
    UNREAD,
    FeedMessage,
    FeedPosition,
    Mark,
    State,
)
from carillon.domain.base import numbering
from carillon.domain.base.errors import Changed, Invalid, NotFound
from carillon.domain.base.numbering import Numbered
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.spans import NEVER_ENDING, Span
from carillon.domain.base.terms import FieldName, Noun
from carillon.domain.base.turns import in_turn
from carillon.ports import TenantPorts
from carillon.usecases.audience import erasures

MOST_COUNTED = 100
_AT_ONCE = 100
_PAYLOADS_AT_ONCE = 20  # one may have 256 KB
_MOST_MARKED = 10_000  # by one call


@dataclass(frozen=True, kw_only=True)
class FeedEntry:
    """A message with its event's payload, which is empty once the event has expired."""

    message: FeedMessage
    payload: Mapping[str, Any]


def read(
    subscriber: str,
    page: int,
    size: int,
    *,
    states: frozenset[State] = EVERY,
    payload: Mapping[str, Any] | None = None,
    ports: TenantPorts,
) -> Numbered[FeedEntry]:
    """A page of a feed, the newest first; only what is in one of the states, and has the payload.

    A feed is its 1,000 newest messages; raise Invalid for a page behind them. An unknown subscriber
    has an empty one.
    """
    hidden = erasures.hidden_until(subscriber, ports=ports)
    if states <= UNREAD and payload is None:
        # Straight from the index, however much is read above it.
        places = _unread(subscriber, states, numbering.window(page, size), hidden, ports)
        found = numbering.numbered(iter(places), page, size)
        messages = ports.feeds.get_many(found.items)
        kept = [messages[place] for place in found.items if place in messages]
        return Numbered(_shown(kept, ports), page, size, found.more, found.total)
    newest = (one for one in _newest(subscriber, hidden, ports) if one.state in states)
    if payload is not None:
        return numbering.numbered(_with(payload, newest, ports), page, size)
    walked = numbering.numbered(newest, page, size)
    return Numbered(_shown(walked.items, ports), page, size, walked.more, walked.total)


def read_on(
    subscriber: str,
    after: FeedPosition | None,
    size: int,
    *,
    offset: int = 0,
    states: frozenset[State] = EVERY,
    span: Span = NEVER_ENDING,
    ports: TenantPorts,
) -> tuple[Sequence[FeedEntry], bool]:
    """Return the messages after one, or the newest, and whether there are more.

    Raise Invalid for what lies behind the 1,000 newest of them.
    """
    if offset + size > numbering.BOUND:
        raise Invalid(
            FieldProblem(
                FieldName.OFFSET, f"must not go past the {numbering.BOUND} newest messages"
            )
        )
    hidden = erasures.hidden_until(subscriber, ports=ports)
    walked: Iterator[FeedMessage] = _newest(subscriber, hidden, ports, before=after)
    if states <= UNREAD:
        places = _unread(subscriber, states, numbering.BOUND, hidden, ports)
        behind = [place for place in places if after is None or place < after]
        walked = _those(behind, ports)
    found = (
        one
        for one in walked
        if one.state in states
        and (span.since is None or one.at >= span.since)
        and (span.until is None or one.at < span.until)
    )
    some = list(islice(found, offset, offset + size + 1))
    return _shown(some[:size], ports), len(some) > size


def count(subscriber: str, states: frozenset[State], limit: int, *, ports: TenantPorts) -> int:
    """Count messages in the states, up to `limit` (100 at most)."""
    most = min(limit, MOST_COUNTED)
    hidden = erasures.hidden_until(subscriber, ports=ports)
    if hidden is None:
        counted = ports.feeds.count_unread(subscriber, states & UNREAD, most)
    else:
        counted = len(_unread(subscriber, states & UNREAD, most, hidden, ports))
    if State.READ in states and counted < most:
        walked = _newest(subscriber, hidden, ports)
        counted += sum(1 for one in walked if one.state is State.READ)
    return min(counted, most)


def mark(
    subscriber: str, places: Sequence[FeedPosition], mark: Mark, *, ports: TenantPorts
) -> Sequence[FeedEntry]:
    """Mark the subscriber's messages at these positions; return them as they are now."""
    own = _own(subscriber, places, ports)
    after = _change(own, lambda one: one.marked(mark, ports.clock.now()), ports)
    return _shown([after[place] for place in own if place in after], ports)


def mark_all(subscriber: str, mark: Mark, *, ports: TenantPorts) -> int:
    """Mark the whole feed, up to 10,000 messages a call; return the number changed."""
    states = CHANGED_BY[mark]
    hidden = erasures.hidden_until(subscriber, ports=ports)
    if states <= UNREAD:
        places = _unread(subscriber, states, _MOST_MARKED, hidden, ports)
    else:
        walked = _newest(subscriber, hidden, ports, bound=_MOST_MARKED)
        places = [one.place for one in walked if one.state in states]
    changed: set[FeedPosition] = set()

    def marked(one: FeedMessage) -> FeedMessage:
        after = one.marked(mark, ports.clock.now())
        if after is not one:
            changed.add(one.place)
        return after

    for some in batched(places, _AT_ONCE, strict=False):
        _change(some, marked, ports)
    return len(changed)


def act(
    subscriber: str,
    place: FeedPosition,
    kind: str,
    result: Mapping[str, Any] | None,
    *,
    ports: TenantPorts,
) -> FeedEntry:
    """Store the result of a message's button; None clears it. Raise NotFound if absent."""
    own = _own(subscriber, [place], ports)
    after = _change(own, lambda one: one.acted(kind, result), ports)
    if place not in after:
        raise NotFound(Noun.MESSAGE, place.id)
    [shown] = _shown([after[place]], ports)
    return shown


def _with(
    payload: Mapping[str, Any], messages: Iterator[FeedMessage], ports: TenantPorts
) -> Iterator[FeedEntry]:
    for some in batched(messages, _PAYLOADS_AT_ONCE, strict=False):
        for shown in _shown(some, ports):
            if all(shown.payload.get(name) == value for name, value in payload.items()):
                yield shown


def _those(places: Sequence[FeedPosition], ports: TenantPorts) -> Iterator[FeedMessage]:
    for some in batched(places, _AT_ONCE, strict=False):
        found = ports.feeds.get_many(some)
        yield from (found[place] for place in some if place in found)


def _own(
    subscriber: str, places: Sequence[FeedPosition], ports: TenantPorts
) -> Sequence[FeedPosition]:
    """Return the positions in the subscriber's feed that are not an earlier owner's of the id."""
    hidden = erasures.hidden_until(subscriber, ports=ports)
    own = (place for place in places if place.subscriber == subscriber)
    return [place for place in own if hidden is None or place.at > hidden]


def _unread(
    subscriber: str,
    states: frozenset[State],
    limit: int,
    hidden: datetime | None,
    ports: TenantPorts,
) -> Sequence[FeedPosition]:
    found = ports.feeds.unread(subscriber, states, limit)
    return [place for place in found if hidden is None or place.at > hidden]


def _newest(
    subscriber: str,
    hidden: datetime | None,
    ports: TenantPorts,
    *,
    before: FeedPosition | None = None,
    bound: int = numbering.BOUND,
) -> Iterator[FeedMessage]:
    for _ in range(0, bound, _AT_ONCE):
        found = ports.feeds.newest(subscriber, _AT_ONCE, before=before)
        shown = [one for one in found if hidden is None or one.at > hidden]
        yield from shown
        if len(shown) < _AT_ONCE:
            return
        before = found[-1].place


def _shown(messages: Sequence[FeedMessage], ports: TenantPorts) -> list[FeedEntry]:
    if not messages:
        return []
    ids = list(dict.fromkeys(one.invocation for one in messages))
    found = ports.invocations.get_many(ids)
    return [
        FeedEntry(
            message=one,
            payload=found[one.invocation].invocation.payload if one.invocation in found else {},
        )
        for one in messages
    ]


def _change(
    places: Sequence[FeedPosition], change: Callable[[FeedMessage], FeedMessage], ports: TenantPorts
) -> dict[FeedPosition, FeedMessage]:
    """Change the messages that exist, from their newest versions; return them."""
    done: dict[FeedPosition, FeedMessage] = {}
    left = list(dict.fromkeys(places))

    def attempt() -> None:
        nonlocal left
        found = ports.feeds.get_many(left) if left else {}
        after = {place: change(one) for place, one in found.items()}
        done.update((place, one) for place, one in after.items() if one is found[place])
        new = [one for place, one in after.items() if place not in done]
        done.update((one.place, one) for one in (ports.feeds.update(new) if new else ()))
        left = [place for place in found if place not in done]
        if left:
            raise Changed(f"Message {left[0].id!r}")

    in_turn(attempt, ports.clock.pause)
    return done
