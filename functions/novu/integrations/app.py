"""/v1/integrations: the configured providers"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.integrations import (
    CreateIntegrationRequest,
    IntegrationResponse,
)
from carillon.dialects.novu.translate import integrations as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.integrations import integrations


@endpoint(dialect, scope=Scope.ADMIN)
def list_integrations(call: Call) -> list[IntegrationResponse]:
    """All integrations, active or not, and the built-in in-app feed."""
    found = integrations.all_of(ports=call.ports)
    return translate.integrations(found, call.tenant)


@endpoint(dialect, scope=Scope.ADMIN, status=201)
def create_integration(body: CreateIntegrationRequest, call: Call) -> IntegrationResponse:
    """Create an integration; 409 for an identifier that is taken."""
    translate.check_environment(body, call.tenant)
    draft = translate.to_draft(body, call.fingerprint)
    translate.check_channel(body, call.ports.providers.get(draft.provider).channel)
    with translate.in_novus_words(draft.provider):
        made = integrations.create(draft, ports=call.ports)
    return translate.integration(made, call.tenant)


handler = methods(GET=list_integrations, POST=create_integration)
