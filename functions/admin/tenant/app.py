"""/admin/v1/tenants/{tenant}: show, rename, switch off or delete a tenant"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.access import ChangeTenantRequest, TenantResponse
from carillon.dialects.admin.translate import access as translate
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.tenancy import deletion, tenants


@endpoint(admin.dialect, operator=True)
def get_tenant(call: Call) -> TenantResponse:
    return translate.tenant(call.installation.tenants.get(path_id(call.path, Noun.TENANT)))


@endpoint(admin.dialect, operator=True)
def change_tenant(body: ChangeTenantRequest, call: Call) -> TenantResponse:
    changes = body.model_dump(exclude_unset=True)
    tenant = tenants.change(path_id(call.path, Noun.TENANT), changes, ports=call.installation)
    return translate.tenant(tenant)


@endpoint(admin.dialect, operator=True, status=202)
def remove_tenant(call: Call) -> TenantResponse:
    """Start the deletion, which is complete once this path answers 404."""
    return translate.tenant(
        deletion.begin(path_id(call.path, Noun.TENANT), ports=call.installation)
    )


handler = methods(GET=get_tenant, PATCH=change_tenant, DELETE=remove_tenant)
