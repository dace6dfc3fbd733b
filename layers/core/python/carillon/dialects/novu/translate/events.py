"""Translate events between wire and domain."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from carillon.dialects.common import problems
from carillon.dialects.novu.errors import in_the_body, message
from carillon.dialects.novu.schemas.events import (
    BroadcastRequest,
    BulkTriggerRequest,
    ContextPayload,
    Contexts,
    RecipientPayload,
    Status,
    SubscriberPayload,
    TenantPayload,
    TopicPayload,
    TriggerEventRequest,
    TriggerEventResponse,
)
from carillon.dialects.novu.translate.attachments import to_attachments
from carillon.dialects.novu.translate.common import person_changes
from carillon.dialects.novu.translate.overrides import to_overrides
from carillon.dialects.novu.words import WORDS
from carillon.domain.audience.contexts import ContextChanges
from carillon.domain.audience.subscribers import SubscriberChanges
from carillon.domain.base import ids
from carillon.domain.base.errors import (
    CarillonError,
    ContextNotFound,
    Inactive,
    Invalid,
    Locked,
    NoActiveTemplates,
    NoIntegration,
    NoTemplates,
    RecipientWithoutId,
)
from carillon.domain.intake.triggers import (
    Acceptance,
    Accepted,
    Everybody,
    Recipient,
    Refused,
    TopicRecipient,
    Trigger,
)

# Errors that Novu reports as a status within a 201.
_STATUS: Mapping[type[CarillonError], Status] = {
    ContextNotFound: "no_tenant_found",
    Inactive: "trigger_not_active",
    Locked: "trigger_not_active",
    NoTemplates: "no_workflow_steps_defined",
    NoActiveTemplates: "no_workflow_active_steps_defined",
    RecipientWithoutId: "subscriber_id_missing",
}


def to_triggers(body: BulkTriggerRequest, application: str) -> list[Trigger | Refused]:
    return [_to_trigger_or_refused(event, application) for event in body.events]


def to_trigger(event: TriggerEventRequest, application: str) -> Trigger:
    return _trigger(event, tuple(_recipient(to) for to in event.to), application)


def to_broadcast(event: BroadcastRequest, application: str) -> Trigger:
    """Address all subscribers but the actor."""
    actor = event.actor
    if isinstance(actor, SubscriberPayload):
        actor = actor.subscriber_id
    return _trigger(event, (Everybody(but=(actor,) if actor else ()),), application)


def _trigger(
    event: BroadcastRequest, recipients: tuple[Recipient, ...], application: str
) -> Trigger:
    payload, attachments = to_attachments(event.payload)
    overrides, further = to_overrides(event.overrides)
    return Trigger(
        event=event.name,
        application=application,
        recipients=recipients,
        payload=payload,
        attachments=attachments + further,
        overrides=overrides,
        transaction_id=event.transaction_id,
        actor=_person(event.actor) if event.actor else None,
        context=_context(event.tenant) if event.tenant else None,
        contexts=_contexts(event.context or {}),
    )


def from_single(outcome: Acceptance) -> TriggerEventResponse:
    """Return the answer for one event; raise an error that has no status of its own."""
    if isinstance(outcome, Refused) and type(outcome.error) not in _STATUS:
        raise in_the_body(outcome.error)
    return from_outcome(outcome)


def from_broadcast(outcome: Acceptance) -> TriggerEventResponse:
    """Return a broadcast's answer, always `processed`; raise an error that has no status.

    Source: https://docs.novu.co/api-reference/events/broadcast-event-to-all
    """
    answer = from_single(outcome)
    return answer.model_copy(update={"status": "processed", "error": None})


def from_outcomes(outcomes: Sequence[Acceptance]) -> list[TriggerEventResponse]:
    return [from_outcome(outcome) for outcome in outcomes]


def from_outcome(outcome: Acceptance) -> TriggerEventResponse:
    match outcome:
        case Accepted(id):
            return TriggerEventResponse(status="processed", transaction_id=id)
        case Refused(error, id):
            return TriggerEventResponse(
                status=_STATUS.get(type(error), "error"),
                transaction_id=id or ids.new(),
                error=_messages(in_the_body(error)),
            )


def _to_trigger_or_refused(event: Any, application: str) -> Trigger | Refused:
    try:
        return to_trigger(TriggerEventRequest.model_validate(event), application)
    except ValidationError as error:
        return Refused(Invalid(*problems(error)))
    except Invalid as error:
        return Refused(error)


def _messages(error: CarillonError) -> list[str]:
    if isinstance(error, Invalid) and not isinstance(error, NoIntegration):
        return [WORDS.sentence(problem) for problem in error.problems]
    return [message(error)]


def _recipient(to: RecipientPayload) -> Recipient:
    if isinstance(to, TopicPayload):
        return TopicRecipient(topic=to.topic_key, exclude=tuple(to.exclude))
    return _person(to)


def _person(person: str | SubscriberPayload) -> SubscriberChanges:
    if isinstance(person, str):
        return SubscriberChanges(id=person)
    return person_changes(person.subscriber_id or "", person)


def _context(tenant: str | TenantPayload) -> ContextChanges:
    if isinstance(tenant, str):
        return ContextChanges(identifier=tenant)
    return ContextChanges(identifier=tenant.identifier, name=tenant.name, data=tenant.data)


def _contexts(given: Contexts) -> dict[str, Any]:
    """Return the contexts by type as templates name them: `context.region.data.name`."""
    found: dict[str, dict[str, Any]] = {}
    for kind, one in given.items():
        named = ContextPayload(id=one) if isinstance(one, str) else one
        found[kind] = {"id": named.id} | ({} if named.data is None else {"data": named.data})
    return found
