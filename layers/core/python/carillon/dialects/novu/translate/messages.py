"""Translate deliveries and in-app messages to Novu's messages."""

from carillon.dialects.novu.schemas.common import SHOWN_AS
from carillon.dialects.novu.schemas.messages import (
    Action,
    ActionResult,
    Actor,
    Button,
    Cta,
    CtaData,
    MessageResponse,
    MessagesResponse,
    MessageStatus,
)
from carillon.dialects.novu.translate import message_ids as ids
from carillon.dialects.novu.translate import records
from carillon.domain.activity.feeds import FeedMessage
from carillon.domain.base.numbering import Numbered
from carillon.domain.delivery.deliveries import Status
from carillon.usecases.activity.feeds import FeedEntry
from carillon.usecases.activity.find_messages import Found

_STATUS: dict[Status, MessageStatus] = {Status.SENT: "sent", Status.RETRYING: "warning"}


def feed(found: Numbered[FeedEntry], tenant: str) -> MessagesResponse:
    return MessagesResponse(
        data=records.fitting([shown(one, tenant) for one in found.items]),
        page=found.page,
        page_size=found.size,
        has_more=found.more,
        total_count=found.total,
    )


def shown(one: FeedEntry, tenant: str) -> MessageResponse:
    message = one.message
    return MessageResponse(
        id=ids.message_id(message.place),
        environment_id=tenant,
        organization_id=tenant,
        subscriber_id=message.subscriber,
        transaction_id=message.invocation,
        template_id=message.event,
        template_identifier=message.event,
        notification_id=ids.notification_id(message.invocation, message.subscriber),
        job_id=message.id,
        channel="in_app",
        provider_id=SHOWN_AS["in-app"],
        status="sent",
        created_at=message.at,
        updated_at=max(filter(None, (message.at, message.seen_at, message.read_at))),
        payload=dict(one.payload),
        **_words(message),
    )


def messages(found: Numbered[Found], tenant: str) -> MessagesResponse:
    return MessagesResponse(
        data=records.fitting([_message(one, tenant) for one in found.items]),
        page=found.page,
        page_size=found.size,
        has_more=found.more,
        total_count=found.total,
    )


def _message(one: Found, tenant: str) -> MessageResponse:
    record, invocation = one.record, one.recorded.invocation
    failed = record.status is not Status.SENT
    return MessageResponse(
        id=ids.message_id(one.place),
        environment_id=tenant,
        organization_id=tenant,
        subscriber_id=one.subscriber,
        transaction_id=record.invocation,
        template_id=invocation.event,
        template_identifier=invocation.event,
        notification_id=ids.notification_id(record.invocation, one.subscriber),
        job_id=record.delivery,
        channel=records.channel(record),
        provider_id=records.provider(record),
        status=_STATUS.get(record.status, "error"),
        created_at=one.recorded.accepted_at,
        updated_at=record.at,
        payload=dict(invocation.payload),
        error_id=record.code if failed else None,
        error_text=(record.detail or records.told(record)) if failed else None,
        **(_words(one.shown) if one.shown else {}),
    )


def _words(message: FeedMessage) -> dict[str, object]:
    """Return an in-app message's texts, and its marks."""
    return {
        "subject": message.subject or None,
        "content": message.text,
        "actor": Actor(data=message.avatar) if message.avatar else None,
        "cta": _cta(message),
        "read": message.read,
        "seen": message.seen,
        "last_seen_date": message.seen_at,
        "last_read_date": message.read_at,
    }


def _cta(message: FeedMessage) -> Cta:
    if not (message.url or message.buttons):
        return Cta()
    done = {kind: button.done for kind, button in message.buttons.items()}
    results = [(kind, result) for kind, result in done.items() if result is not None]
    kind, result = results[0] if results else (None, None)
    return Cta(
        type="redirect",
        data=CtaData(url=message.url or None),
        action=Action(
            status="done" if kind else "pending",
            buttons=[Button(type=k, content=b.label) for k, b in message.buttons.items()],
            result=ActionResult(type=kind, payload=dict(result or {})) if kind else None,
        )
        if message.buttons
        else None,
    )
