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
    stored, changes = _known(call), translate.to_changes(body)
    id, ports, settings = stored.integration.id, call.ports, translate.to_settings(body)
    if target := translate.other_target(body, stored):
        changed = change_provider(id, target[0], changes, settings=target[1], ports=ports)
    else:
        changed = integrations.change(id, changes, settings=settings, ports=ports)
    return translate.integration(changed, Links(call.request.base_url, call.tenant))


@endpoint(dialect, scope=Scope.ADMIN)
def remove_integration(call: Call) -> None:
    of_integrations.remove_integration(_known(call).integration.id, ports=call.ports)


def _known(call: Call) -> ConfiguredIntegration:
    return translate.known(integrations.get(translate.id_of(call.path), ports=call.ports))


handler = methods(GET=get_integration, PATCH=change_integration, DELETE=remove_integration)
