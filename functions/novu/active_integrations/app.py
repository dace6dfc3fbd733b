"""GET /v1/integrations/active: the integrations that messages go by now"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.integrations import IntegrationResponse
from carillon.dialects.novu.translate import integrations as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.integrations import integrations


@endpoint(dialect, scope=Scope.ADMIN)
def list_active_integrations(call: Call) -> list[IntegrationResponse]:
    """Without those that are switched off, or were disabled as nothing got through."""
    found = integrations.all_of(ports=call.ports)
    return translate.integrations([one for one in found if one.integration.usable], call.tenant)


handler = methods(GET=list_active_integrations)
