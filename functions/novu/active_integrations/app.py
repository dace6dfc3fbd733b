"""GET /v1/integrations/active: the integrations in use"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.integrations import IntegrationResponse
from carillon.dialects.novu.translate import integrations as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.integrations import integrations


@endpoint(dialect, scope=Scope.ADMIN)
def list_active_integrations(call: Call) -> list[IntegrationResponse]:
    """Leave out integrations that are switched off, or disabled after failures."""
    found = integrations.all_of(ports=call.ports)
    return translate.integrations([one for one in found if one.integration.usable], call.tenant)


handler = methods(GET=list_active_integrations)
