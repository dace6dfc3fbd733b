"""GET /notification-templates/{id}: one of a tenant's own templates, as it was written"""

from carillon.dialects import sailpoint
from carillon.dialects.sailpoint.schemas.templates import TemplateResponse
from carillon.dialects.sailpoint.translate import templates as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import event_types


@endpoint(sailpoint.dialect, scope=Scope.TEMPLATES_READ)
def get_template(call: Call) -> TemplateResponse:
    named = translate.from_id(call.path["id"])
    found = event_types.template(call.application, named.key, named.place(), ports=call.ports)
    return translate.custom(found)


handler = methods(GET=get_template)
