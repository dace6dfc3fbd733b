"""/admin/v1/replays: repeat deliveries"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.replays import ReplayRequest, ReplayResponse
from carillon.dialects.admin.translate import replays as translate
from carillon.domain.activity.replays import Replay, ReplayRange
from carillon.domain.base import ids
from carillon.domain.base.spans import Span
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.operations.replay import replay, replay_range


@endpoint(admin.dialect, scope=Scope.ADMIN, status=202)
def create_replay(body: ReplayRequest, call: Call) -> ReplayResponse:
    id = _id(body, call.idempotency_key)
    if body.invocation:
        asked: Replay | ReplayRange = replay(
            id,
            invocation=body.invocation,
            deliveries=body.deliveries,
            statuses=body.statuses,
            repeat=body.repeat,
            ports=call.ports,
        )
    else:
        asked = replay_range(
            id,
            span=Span(body.since, body.until),
            event=body.event_type,
            statuses=body.statuses,
            repeat=body.repeat,
            ports=call.ports,
        )
    return translate.replay(asked)


def _id(body: ReplayRequest, key: str | None) -> str:
    """Return an id that is the same for the same replay; a new one for a repeated one."""
    if body.repeat or not body.invocation:
        return ids.derived(key, body.model_dump_json()) if key else ids.new()
    return ids.derived(body.invocation, *sorted(body.deliveries), "", *sorted(body.statuses))


handler = methods(POST=create_replay)
