"""/v1/integrations/{integration}: one integration"""

from carillon.dialects.common import path_slug
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.integrations import (
    IntegrationResponse,
    UpdateIntegrationRequest,
)
from carillon.dialects.novu.translate import integrations as translate
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.integrations import integrations


@endpoint(dialect, scope=Scope.ADMIN)
def update_integration(body: UpdateIntegrationRequest, call: Call) -> IntegrationResponse:
    translate.check_environment(body, call.tenant)
    id = path_slug(call.path, Noun.INTEGRATION)
    stored = integrations.get(id, ports=call.ports).integration
    changes, settings = translate.to_changes(body, stored)
    with translate.in_novus_words(stored.provider):
        changed = integrations.change(id, changes, settings=settings, ports=call.ports)
    return translate.integration(changed, call.tenant)


@endpoint(dialect, scope=Scope.ADMIN)
def remove_integration(call: Call) -> list[IntegrationResponse]:
    """Remove an integration; return the remaining ones."""
    integrations.remove(path_slug(call.path, Noun.INTEGRATION), ports=call.ports)
    found = integrations.all_of(ports=call.ports)
    return translate.integrations(found, call.tenant)


handler = methods(PUT=update_integration, DELETE=remove_integration)
