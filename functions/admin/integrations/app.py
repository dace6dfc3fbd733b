"""/admin/v1/integrations: providers configured with the tenant's credentials or target"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.common import PageQuery, PageResponse
from carillon.dialects.admin.schemas.integrations import (
    CreateIntegrationRequest,
    IntegrationResponse,
)
from carillon.dialects.admin.translate import integrations as translate
from carillon.dialects.admin.translate.common import page
from carillon.domain.base.paging import page_of
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.integrations import integrations


@endpoint(admin.dialect, scope=Scope.ADMIN, status=201)
def create_integration(body: CreateIntegrationRequest, call: Call) -> IntegrationResponse:
    created = integrations.create(translate.to_draft(body), ports=call.ports)
    return translate.integration(created)


@endpoint(admin.dialect, scope=Scope.ADMIN)
def list_integrations(query: PageQuery, call: Call) -> PageResponse[IntegrationResponse]:
    present = integrations.all_of(ports=call.ports)
    return page(
        page_of(present, translate.id, f"{call.tenant} integrations", query.cursor, query.limit),
        translate.integration,
    )


handler = methods(GET=list_integrations, POST=create_integration)
