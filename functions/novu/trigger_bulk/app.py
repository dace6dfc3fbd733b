"""POST /v1/events/trigger/bulk"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.events import BulkTriggerRequest, TriggerEventResponse
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
    cost=20,
    longest=BODY_LIMIT,
)
def trigger_events(body: BulkTriggerRequest, call: Call) -> list[TriggerEventResponse]:
    """Trigger up to 100 workflows in one call; each event succeeds or fails on its own."""
    outcomes = trigger.accept(
        translate.to_triggers(body, call.application),
        ports=call.ports,
        idempotency_key=call.idempotency_key,
        environments=call.grant.environments,
    )
    return translate.from_outcomes(outcomes)


handler = methods(POST=trigger_events)
