"""GET /notification-template-context: variables of all templates"""

from carillon.dialects import sailpoint
from carillon.dialects.sailpoint.schemas.variables import ContextResponse
from carillon.dialects.sailpoint.translate import variables as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.integrations import lookup


@endpoint(sailpoint.dialect, scope=Scope.TEMPLATES_READ)
def get_context(call: Call) -> ContextResponse:
    tenant = call.ports.record.get()
    sender = lookup.sender(ports=call.ports)
    return translate.context(tenant, sender)


handler = methods(GET=get_context)
