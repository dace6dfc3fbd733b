"""GET /triggers: the event types that can be subscribed to"""

from carillon.dialects import sailpoint
from carillon.dialects.dialect import Answer
from carillon.dialects.sailpoint import collections
from carillon.dialects.sailpoint.collections import CollectionQuery
from carillon.dialects.sailpoint.schemas.triggers import TriggerResponse
from carillon.dialects.sailpoint.translate import triggers as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import samples
from carillon.usecases.subscriptions import endpoints


@endpoint(sailpoint.dialect, scope=Scope.SUBSCRIPTIONS_READ)
def list_triggers(query: CollectionQuery, call: Call) -> Answer[list[TriggerResponse]]:
    events = endpoints.event_types(call.application, ports=call.ports)
    rows = [
        translate.trigger(event, samples.find(event, ports=call.ports), call.ports.schemas.accepts)
        for event in events
    ]
    return collections.answer(rows, query, translate.FIELDS)


handler = methods(GET=list_triggers)
