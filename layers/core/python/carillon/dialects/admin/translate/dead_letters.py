"""Translate dead letters between wire and domain."""

from collections.abc import Mapping

from carillon.dialects.admin.schemas.common import PageResponse
from carillon.dialects.admin.schemas.dead_letters import (
    DeadLetterQueueResponse,
    DeadLetterResponse,
    DeadLettersResponse,
    DroppedResponse,
    RedrivenResponse,
    RedriveRequest,
)
from carillon.domain.activity.dead_letters import DeadLetter
from carillon.usecases.operations.dead_letters import DeadLetterFilter, DeadLetterPage, Settlement


def to_choice(body: RedriveRequest) -> DeadLetterFilter:
    return DeadLetterFilter(limit=body.limit, ids=body.ids or frozenset(), tenant=body.tenant)


def queues(counts: Mapping[str, int]) -> PageResponse[DeadLetterQueueResponse]:
    items = [DeadLetterQueueResponse(queue=queue, letters=n) for queue, n in counts.items()]
    return PageResponse(items=items, next_cursor=None)


def looked(looked: DeadLetterPage) -> DeadLettersResponse:
    return DeadLettersResponse(items=[_letter(each) for each in looked.letters], more=looked.more)


def redriven(settled: Settlement) -> RedrivenResponse:
    return RedrivenResponse(moved=settled.done, kept=settled.kept, more=settled.more)


def dropped(settled: Settlement) -> DroppedResponse:
    return DroppedResponse(dropped=settled.done, kept=settled.kept, more=settled.more)


def _letter(letter: DeadLetter) -> DeadLetterResponse:
    return DeadLetterResponse(
        id=letter.id,
        queue=letter.queue,
        kind=letter.kind,
        tenant=letter.tenant,
        invocations=list(letter.invocations),
        invocation_count=letter.invocation_count,
        deliveries=letter.deliveries,
        receives=letter.receives,
        sent_at=letter.sent_at,
        problem=letter.problem,
    )
