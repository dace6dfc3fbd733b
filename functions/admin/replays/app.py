"""/admin/v1/replays: repeat deliveries"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.replays import ReplayRequest, ReplayResponse
from carillon.dialects.admin.translate import replays as translate
from carillon.domain.activity.replays import Replay, ReplayRange
from carillon.domain.base.spans import Span
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.operations.replay import replay, replay_range


@endpoint(admin.dialect, scope=Scope.ADMIN, status=202)
def create_replay(body: ReplayRequest, call: Call) -> ReplayResponse:
    id = translate.replay_id(body, call.idempotency_key)
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


handler = methods(POST=create_replay)
