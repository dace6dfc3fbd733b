"""/v1/integrations/{integration}: one integration"""

from functools import partial

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
    provider = integrations.get(id, ports=call.ports).integration.provider
    changes = partial(translate.to_changes, body)
    with translate.in_novus_words(provider):
        changed = integrations.change_from(id, changes, ports=call.ports)
    return translate.integration(changed, call.tenant)


@endpoint(dialect, scope=Scope.ADMIN)
def remove_integration(call: Call) -> list[IntegrationResponse]:
    """Remove an integration; return the remaining ones."""
    integrations.remove(path_slug(call.path, Noun.INTEGRATION), ports=call.ports)
    found = integrations.all_of(ports=call.ports)
    return translate.integrations(found, call.tenant)


handler = methods(PUT=update_integration, DELETE=remove_integration)
