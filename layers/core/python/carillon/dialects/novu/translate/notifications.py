"""Translate invocations and their deliveries to Novu's notifications."""

import json

from carillon.dialects.novu.schemas.notifications import (
    DetailResponse,
    ExecutionDetailResponse,
    JobResponse,
    NotificationResponse,
    NotificationsQuery,
    NotificationsResponse,
    PersonResponse,
    Source,
    StepResponse,
    TemplateResponse,
    TriggerResponse,
)
from carillon.dialects.novu.translate import message_ids as ids
from carillon.dialects.novu.translate import records
from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.base.numbering import Numbered
from carillon.domain.base.spans import Span
from carillon.domain.delivery.deliveries import Attempt, DeliveryRecord, Outcome, Status
from carillon.domain.delivery.skips import SENTENCES
from carillon.usecases.activity.find_notifications import Notification, NotificationFilter

_JOB_STATUS = {
    Status.SENT: "completed",
    Status.RETRYING: "delayed",
    Status.SUPPRESSED: "skipped",
    Status.SKIPPED: "skipped",
    Status.CANCELLED: "canceled",
}


def to_sought(query: NotificationsQuery) -> NotificationFilter:
    return NotificationFilter(
        channels=records.to_channels(query.channels),
        events=frozenset(query.templates),
        subscribers=frozenset(query.subscriber_ids),
        emails=frozenset(email.lower() for email in query.emails),
        invocation=query.transaction_id,
        text=query.search or "",
        span=Span(query.after, query.before),
    )


def notifications(found: Numbered[Notification], tenant: str) -> NotificationsResponse:
    return NotificationsResponse(
        data=records.fitting([notification(one, tenant) for one in found.items]),
        page=found.page,
        page_size=found.size,
        has_more=found.more,
    )


def notification(one: Notification, tenant: str) -> NotificationResponse:
    invocation = one.recorded.invocation
    deliveries = _in_order(one)
    return NotificationResponse(
        id=ids.notification_id(invocation.id, one.subscriber),
        environment_id=tenant,
        organization_id=tenant,
        subscriber_id=one.subscriber,
        transaction_id=invocation.id,
        template_id=invocation.event,
        created_at=one.recorded.accepted_at,
        updated_at=max((one.recorded.accepted_at, *(d.at for d in one.deliveries))),
        channels=list(dict.fromkeys(records.channel(d) for d in deliveries)),
        subscriber=_person(one.person) if one.person else None,
        template=TemplateResponse(
            id=invocation.event,
            name=invocation.event,
            triggers=[TriggerResponse(identifier=invocation.event)],
        ),
        jobs=_jobs(one),
        payload=dict(invocation.payload),
    )


def execution_details(one: Notification, tenant: str) -> list[ExecutionDetailResponse]:
    id = one.recorded.invocation.id
    return [
        ExecutionDetailResponse(
            environment_id=tenant,
            organization_id=tenant,
            subscriber_id=one.subscriber,
            transaction_id=id,
            notification_id=ids.notification_id(id, one.subscriber),
            channel=job.type,
            **vars(detail),
        )
        for job in _jobs(one)
        for detail in job.execution_details
    ]


def _in_order(one: Notification) -> list[DeliveryRecord]:
    """Return the deliveries in a stable order."""
    return sorted(one.deliveries, key=lambda d: (d.channel or "", d.delivery))


def _jobs(one: Notification) -> list[JobResponse]:
    """Return a job for each delivery; of the event as a whole, the trigger that was skipped."""
    event = one.recorded.invocation.event
    jobs = [_job(delivery, event) for delivery in _in_order(one)]
    return [*jobs, _skipped_trigger(one)] if one.skipped else jobs


def _skipped_trigger(one: Notification) -> JobResponse:
    event, at = one.recorded.invocation.event, one.recorded.accepted_at
    id = ids.notification_id(one.recorded.invocation.id, one.subscriber)
    return JobResponse(
        id=id,
        type="trigger",
        status="skipped",
        provider_id=records.NONE,
        execution_details=[
            DetailResponse(
                id=f"{id}.{reason}",
                job_id=id,
                provider_id=records.NONE,
                status="Failed",
                source="Internal",
                detail=SENTENCES[reason],
                raw=json.dumps({"code": reason, "count": count}),
                is_retry=False,
                created_at=at,
            )
            for reason, count in one.skipped.items()
        ],
        step=StepResponse(id=f"{event}:trigger", template_id=event),
        updated_at=at,
    )


def _job(record: DeliveryRecord, event: str) -> JobResponse:
    return JobResponse(
        id=record.delivery,
        type=records.channel(record),
        status=_JOB_STATUS.get(record.status, "failed"),
        provider_id=records.provider(record),
        execution_details=_details(record),
        step=StepResponse(id=f"{event}:{records.channel(record)}", template_id=event),
        updated_at=record.at,
    )


def _details(record: DeliveryRecord) -> list[DetailResponse]:
    """Show each attempt; and what came after the last, or why there was none."""
    attempts = record.history
    if len(attempts) == len(record.earlier):  # held, or ended, without another attempt
        attempts = (*attempts, _ending(record))
    details = [
        _detail(record, attempt, number, last=number == len(attempts) - 1)
        for number, attempt in enumerate(attempts)
    ]
    return [*details, _warning(record)] if record.warnings else details


def _warning(record: DeliveryRecord) -> DetailResponse:
    """Show what the event's data broke in the template of a message that went all the same."""
    return DetailResponse(
        id=f"{record.delivery}.warnings",
        job_id=record.delivery,
        provider_id=records.provider(record),
        status="Warning",
        source="Payload",
        detail="Parts of the template could not be rendered with this payload, and were left out",
        raw=json.dumps({"warnings": record.warnings}),
        is_retry=False,
        created_at=record.at,
    )


def _detail(record: DeliveryRecord, attempt: Attempt, number: int, *, last: bool) -> DetailResponse:
    ended = last and record.status.final
    failed = "Failed" if ended else "Warning"
    told = {"code": attempt.code, "httpStatus": attempt.http_status}
    raw = {name: value for name, value in told.items() if value}
    return DetailResponse(
        id=f"{record.delivery}.{number + 1}",
        job_id=record.delivery,
        provider_id=records.provider(record),
        status="Success" if attempt.outcome is Outcome.SENT else failed,
        source="Internal" if record.skip else _source(attempt),
        detail=records.told(record) if last else records.told_of(attempt),
        raw=json.dumps(raw) if raw else None,
        is_retry=0 < number < record.attempts,
        created_at=attempt.at,
    )


def _ending(record: DeliveryRecord) -> Attempt:
    return Attempt(
        at=record.at, outcome=record.outcome, code=record.code, http_status=record.http_status
    )


def _source(attempt: Attempt) -> Source:
    match attempt.outcome:
        case Outcome.CONFIG:
            return "Credentials"
        case Outcome.BAD:
            return "Payload"
    return "Internal"


def _person(person: Subscriber) -> PersonResponse:
    return PersonResponse(
        id=person.id,
        subscriber_id=person.id,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone=person.phone,
        avatar=person.avatar,
    )
