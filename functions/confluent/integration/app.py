"""/notifications/v1/integrations/{id}: one target"""

from carillon.dialects.confluent import dialect
from carillon.dialects.confluent.schemas import Integration, IntegrationUpdate
from carillon.dialects.confluent.translate import integrations as translate
from carillon.dialects.confluent.translate.common import Links
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.integrations import integrations
from carillon.usecases.integrations.changing_provider import change_provider
from carillon.usecases.integrations.integrations import ConfiguredIntegration
from carillon.usecases.subscriptions import of_integrations


@endpoint(dialect, scope=Scope.ADMIN)
def get_integration(call: Call) -> Integration:
    return translate.integration(_known(call), Links(call.request.base_url, call.tenant))


@endpoint(dialect, scope=Scope.ADMIN)
def change_integration(body: IntegrationUpdate, call: Call) -> Integration:
    stored = _known(call)
    provider, settings = translate.to_target(body, stored)
    id, changes = stored.integration.id, translate.to_changes(body)
    changed = change_provider(id, provider, changes, settings=settings, ports=call.ports)
    return translate.integration(changed, Links(call.request.base_url, call.tenant))


@endpoint(dialect, scope=Scope.ADMIN)
def remove_integration(call: Call) -> None:
    of_integrations.remove_integration(_known(call).integration.id, ports=call.ports)


def _known(call: Call) -> ConfiguredIntegration:
    return translate.known(integrations.get(translate.id_of(call.path), ports=call.ports))


handler = methods(GET=get_integration, PATCH=change_integration, DELETE=remove_integration)
