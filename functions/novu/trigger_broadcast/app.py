"""POST /v1/events/trigger/broadcast"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.events import BroadcastRequest, TriggerEventResponse
from carillon.dialects.novu.translate import events as translate
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.runtime.request import BODY_LIMIT
from carillon.usecases.intake import trigger


@endpoint(
    dialect,
    scope=Scope.EVENT_TRIGGER,
    status=201,
    category=Category.TRIGGER,
    cost=100,
    longest=BODY_LIMIT,
)
def broadcast_event(body: BroadcastRequest, call: Call) -> TriggerEventResponse:
    """Trigger one workflow for every subscriber."""
    [outcome] = trigger.accept(
        [translate.to_broadcast(body, call.application)],
        ports=call.ports,
        idempotency_key=call.idempotency_key,
    )
    return translate.from_broadcast(outcome)


handler = methods(POST=broadcast_event)
