"""/admin/v1/integrations/{integration}: one integration, without its secrets"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.integrations import (
    ChangeIntegrationRequest,
    IntegrationResponse,
)
from carillon.dialects.admin.translate import integrations as translate
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.integrations import integrations


@endpoint(admin.dialect, scope=Scope.ADMIN)
def get_integration(call: Call) -> IntegrationResponse:
    id = path_id(call.path, Noun.INTEGRATION)
    return translate.integration(integrations.get(id, ports=call.ports))


@endpoint(admin.dialect, scope=Scope.ADMIN)
def change_integration(body: ChangeIntegrationRequest, call: Call) -> IntegrationResponse:
    changed = integrations.change(
        path_id(call.path, Noun.INTEGRATION),
        body.model_dump(exclude_unset=True, exclude={"settings"}),
        settings=body.settings,
        ports=call.ports,
    )
    return translate.integration(changed)


@endpoint(admin.dialect, scope=Scope.ADMIN)
def remove_integration(call: Call) -> None:
    id = path_id(call.path, Noun.INTEGRATION)
    integrations.remove(id, ports=call.ports)


handler = methods(GET=get_integration, PATCH=change_integration, DELETE=remove_integration)
