"""The ids of messages and notifications, which lead to them: an id alone would not."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from carillon.domain.activity.feeds import FeedPosition
from carillon.domain.base import cursors
from carillon.domain.base.errors import Invalid, NotFound

_MESSAGES, _NOTIFICATIONS = "novu/messages", "novu/notifications"


def message_id(place: FeedPosition) -> str:
    """What leads to the message again, whose feed and when it was: the id alone would not."""
    return cursors.encode(_MESSAGES, place.subscriber, place.at.isoformat(), place.id)


def place_of(id: str) -> FeedPosition:
    try:
        subscriber, at, delivery = cursors.decode(_MESSAGES, id, 3)
        return FeedPosition(subscriber, cursors.time(at), delivery)
    except Invalid:
        raise NotFound("message", id) from None


def places_of(ids: Iterable[str]) -> list[FeedPosition]:
    """Those that are ids of ours; the others name nothing."""
    found = []
    for id in ids:
        try:
            found.append(place_of(id))
        except NotFound:
            continue
    return found


def notification_id(invocation: str, subscriber: str) -> str:
    return cursors.encode(_NOTIFICATIONS, invocation, subscriber)


def notification_of(id: str) -> tuple[str, str]:
    """The invocation, and for whom it was."""
    try:
        invocation, subscriber = cursors.decode(_NOTIFICATIONS, id, 2)
    except Invalid:
        raise NotFound("notification", id) from None
    return invocation, subscriber


@contextmanager
def asked_for(kind: str, id: str) -> Iterator[None]:
    """What is not there is named as it was asked for, like what never was."""
    try:
        yield
    except NotFound as error:
        if error.kind == "action":
            raise
        raise NotFound(kind, id) from None
