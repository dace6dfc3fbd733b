"""POST /v1/events/trigger"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.events import TriggerEventRequest, TriggerEventResponse
from carillon.dialects.novu.translate import events as translate
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.runtime.request import BODY_LIMIT
from carillon.usecases.intake import trigger


@endpoint(
    dialect, scope=Scope.EVENT_TRIGGER, status=201, category=Category.TRIGGER, longest=BODY_LIMIT
)
def trigger_event(body: TriggerEventRequest, call: Call) -> TriggerEventResponse:
    """Trigger one workflow. An error without a status of its own fails the request."""
    [outcome] = trigger.accept(
        [translate.to_trigger(body, call.application)],
        ports=call.ports,
        idempotency_key=call.idempotency_key,
        environments=call.grant.environments,
    )
    return translate.from_single(outcome)


handler = methods(POST=trigger_event)
