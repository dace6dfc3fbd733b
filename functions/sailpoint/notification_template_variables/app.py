"""GET /notification-template-variables/{key}/{medium}: variables of one template"""

from dataclasses import replace

from carillon.dialects import sailpoint
from carillon.dialects.sailpoint.schemas.variables import VariablesQuery, VariablesResponse
from carillon.dialects.sailpoint.translate import variables as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import samples
from carillon.usecases.integrations import lookup


@endpoint(sailpoint.dialect, scope=Scope.TEMPLATES_READ)
def get_variables(query: VariablesQuery, call: Call) -> VariablesResponse:
    event = call.ports.event_types.get(call.application, call.path["key"])
    return translate.variables(
        replace(event, sample=samples.find(event, ports=call.ports)),
        call.path["medium"],
        query.sorters,
        tenant=call.ports.record.get(),
        sender=lookup.sender(ports=call.ports),
    )


handler = methods(GET=get_variables)
