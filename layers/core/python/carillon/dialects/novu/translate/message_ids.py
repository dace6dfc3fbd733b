"""Ids of messages and notifications, which encode where these are stored."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from carillon.dialects.words import WireProblem
from carillon.domain.activity.feeds import FeedPosition
from carillon.domain.base import cursors
from carillon.domain.base.errors import Invalid, NotFound, QueryInvalid
from carillon.domain.base.terms import Noun

_MESSAGES, _NOTIFICATIONS = "novu/messages", "novu/notifications"


def message_id(place: FeedPosition) -> str:
    """Encode the feed, the time and the id of a message, all needed to find it."""
    return cursors.encode(_MESSAGES, place.subscriber, place.at.isoformat(), place.id, sealed=False)


def place_of(id: str) -> FeedPosition:
    try:
        subscriber, at, delivery = cursors.decode(_MESSAGES, id, 3, sealed=False)
        return FeedPosition(subscriber, cursors.time(at), delivery)
    except Invalid:
        raise NotFound(Noun.MESSAGE, id) from None


def place_after(id: str | None) -> FeedPosition | None:
    """Return the position that a list goes on after; raise QueryInvalid for no message's id."""
    try:
        return place_of(id) if id else None
    except NotFound:
        raise QueryInvalid(WireProblem("after", "is not the id of a message", id)) from None


def places_of(ids: Iterable[str]) -> list[FeedPosition]:
    """Return the positions of valid ids, and skip the others."""
    found = []
    for id in ids:
        try:
            found.append(place_of(id))
        except NotFound:
            continue
    return found


def notification_id(invocation: str, subscriber: str) -> str:
    return cursors.encode(_NOTIFICATIONS, invocation, subscriber, sealed=False)


def notification_of(id: str) -> tuple[str, str]:
    """Return the invocation and the subscriber."""
    try:
        invocation, subscriber = cursors.decode(_NOTIFICATIONS, id, 2, sealed=False)
    except Invalid:
        raise NotFound(Noun.NOTIFICATION, id) from None
    return invocation, subscriber


@contextmanager
def asked_for(noun: Noun, id: str) -> Iterator[None]:
    """Word a NotFound with the id of the request, like one for an id that never existed."""
    try:
        yield
    except NotFound as error:
        if error.noun is Noun.ACTION:
            raise
        raise NotFound(noun, id) from None
