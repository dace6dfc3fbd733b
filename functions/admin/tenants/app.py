"""/admin/v1/tenants: the operator creates and lists tenants"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.access import (
    CreatedTenantResponse,
    CreateTenantRequest,
    TenantResponse,
)
from carillon.dialects.admin.schemas.common import PageQuery, PageResponse
from carillon.dialects.admin.translate import access as translate
from carillon.dialects.admin.translate.common import page
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.tenancy import tenants


@endpoint(admin.dialect, operator=True, status=201)
def create_tenant(body: CreateTenantRequest, call: Call) -> CreatedTenantResponse:
    tenant, issued = tenants.create(
        body.id,
        body.name,
        senders=body.senders,
        sms_parts=body.sms_parts,
        ports=call.installation,
    )
    return translate.created_tenant(tenant, issued)


@endpoint(admin.dialect, operator=True)
def list_tenants(query: PageQuery, call: Call) -> PageResponse[TenantResponse]:
    return page(call.installation.tenants.list(query.cursor, query.limit), translate.tenant)


handler = methods(GET=list_tenants, POST=create_tenant)
