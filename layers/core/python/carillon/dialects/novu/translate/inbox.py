"""Translate the in-app feed for newer clients."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from carillon.dialects.novu.schemas.inbox import (
    InboxAction,
    InboxCountResponse,
    InboxFilter,
    InboxNotification,
    InboxPerson,
    InboxQuery,
    InboxResponse,
    InboxWorkflow,
    Redirect,
)
from carillon.dialects.novu.translate import message_ids
from carillon.dialects.words import named
from carillon.domain.activity.feeds import Button, FeedMessage
from carillon.domain.base.spans import Span
from carillon.domain.base.terms import FieldName
from carillon.usecases.activity.feeds import FeedEntry

_MILLISECOND = timedelta(milliseconds=1)


def to_span(query: InboxQuery) -> Span:
    """Include both ends, as Novu does."""
    with named({FieldName.SINCE: "createdGte"}):
        return Span(
            _time(query.created_gte) if query.created_gte is not None else None,
            _time(query.created_lte) + _MILLISECOND if query.created_lte is not None else None,
        )


def inbox(found: Sequence[FeedEntry], query: InboxQuery, *, more: bool) -> InboxResponse:
    asked = query.model_dump(mode="json", by_alias=True, exclude_none=True)
    return InboxResponse(
        data=[_notification(one.message) for one in found], has_more=more, filter=asked
    )


def count(number: int, asked: InboxFilter) -> InboxCountResponse:
    shown = asked.model_dump(mode="json", by_alias=True, exclude_none=True)
    return InboxCountResponse(count=number, filter=shown)


def _notification(message: FeedMessage) -> InboxNotification:
    return InboxNotification(
        id=message_ids.message_id(message.place),
        transaction_id=message.invocation,
        body=message.text,
        subject=message.subject or None,
        to=InboxPerson(id=message.subscriber, subscriber_id=message.subscriber),
        is_read=message.read,
        is_seen=message.seen,
        created_at=message.at,
        read_at=message.read_at,
        first_seen_at=message.seen_at,
        avatar=message.avatar or None,
        primary_action=_action(message.buttons.get("primary")),
        secondary_action=_action(message.buttons.get("secondary")),
        redirect=Redirect(url=message.url) if message.url else None,
        workflow=InboxWorkflow(id=message.event, identifier=message.event, name=message.event),
    )


def _action(button: Button | None) -> InboxAction | None:
    if button is None:
        return None
    return InboxAction(
        label=button.label,
        is_completed=button.done is not None,
        redirect=Redirect(url=button.url) if button.url else None,
    )


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds)
