"""POST /api/o/{org}/p/{prj}/a/{app}/e/{evt}/trigger/"""

from carillon.dialects import bitcaster
from carillon.dialects.bitcaster import places
from carillon.dialects.bitcaster.schemas.events import (
    OccurrenceResponse,
    TriggerQuery,
    TriggerRequest,
)
from carillon.dialects.bitcaster.translate import events as translate
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.intake import trigger


@endpoint(
    bitcaster.dialect,
    scope=Scope.EVENT_TRIGGER,
    within=bitcaster.within,
    status=201,
    body_optional=True,
    forms=translate.form,
    category=Category.TRIGGER,
)
def trigger_event(body: TriggerRequest, query: TriggerQuery, call: Call) -> OccurrenceResponse:
    """Trigger an event, which goes to the subscriptions of its type."""
    [outcome] = trigger.accept(
        [translate.to_trigger(call.path["evt"], places.application(call.path), body, query)],
        ports=call.ports,
        idempotency_key=call.idempotency_key,
        environments=call.grant.environments,
    )
    return translate.occurrence(outcome)


handler = methods(POST=trigger_event)
