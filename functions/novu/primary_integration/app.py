"""POST /v1/integrations/{integration}/set-primary: make it the primary one of its channel"""

from carillon.dialects.common import path_slug
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.integrations import IntegrationResponse
from carillon.dialects.novu.translate import integrations as translate
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.integrations import integrations


@endpoint(dialect, scope=Scope.ADMIN)
def set_integration_as_primary(call: Call) -> IntegrationResponse:
    """Make the integration primary, and switch it on."""
    id = path_slug(call.path, Noun.INTEGRATION)
    stored = integrations.get(id, ports=call.ports).integration
    translate.check_primary(stored)
    changes = {"primary": True, "active": True}
    changed = integrations.change(id, changes, settings={}, ports=call.ports)
    return translate.integration(changed, call.tenant)


handler = methods(POST=set_integration_as_primary)
