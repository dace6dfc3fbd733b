"""Translate tests of event types between wire and domain."""

from carillon.dialects.admin.schemas.rehearsals import RehearseRequest, RehearseResponse
from carillon.domain.catalogue.templates import Copies
from carillon.usecases.trying.rehearse import Rehearsal, RehearsalResult


def to_rehearsal(body: RehearseRequest, *, event: str, application: str) -> Rehearsal:
    return Rehearsal(
        event=event,
        application=application,
        channel=body.medium,
        integration=body.integration or "",
        payload=body.payload,
        locale=body.locale,
        address=body.address,
        subscriber=body.subscriber or "",
        actor=body.actor or "",
        context=body.context or "",
        copies=Copies(cc=tuple(body.cc), bcc=tuple(body.bcc)),
    )


def rehearsed(found: RehearsalResult) -> RehearseResponse:
    result = found.tested.result
    return RehearseResponse(
        sent=found.tested.sent,
        outcome=result.outcome,
        integration=found.integration.id,
        provider=found.integration.provider,
        http_status=result.http_status,
        code=result.code,
        detail=result.detail,
        message_id=result.message_id,
        latency_ms=round(found.tested.latency * 1000),
        answer=found.tested.excerpt,
        warnings=list(found.warnings),
    )
