"""/admin/v1/replays: make deliveries anew"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.replays import ReplayRequest, ReplayResponse
from carillon.dialects.admin.translate import replays as translate
from carillon.domain import ids
from carillon.domain.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.replay import replay


@endpoint(admin.dialect, scope=Scope.ADMIN, status=202)
def create_replay(body: ReplayRequest, call: Call) -> ReplayResponse:
    key = call.idempotency_key
    asked = replay(
        ids.derived(key, body.model_dump_json()) if key else ids.new(),
        invocation=body.invocation,
        deliveries=body.deliveries,
        statuses=body.statuses,
        tenant=call.tenant,
        ports=call.ports,
    )
    return translate.replay(asked)


handler = methods(POST=create_replay)
