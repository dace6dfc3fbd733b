"""/v1/tenants/{identifier}: one of the caller's own sub-tenants"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.tenants import ChangeTenantRequest, TenantResponse
from carillon.dialects.novu.translate import tenants as translate
from carillon.domain.base.errors import Conflict
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import contexts


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def get_tenant(call: Call) -> TenantResponse:
    found = contexts.get(translate.identifier_of(call.path), ports=call.ports)
    return translate.tenant(found, tenant=call.tenant)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def change_tenant(body: ChangeTenantRequest, call: Call) -> TenantResponse:
    """Change a tenant, its identifier included; 409 for one that is taken."""
    changes, new = translate.to_changes(translate.identifier_of(call.path), body), body.identifier
    try:
        changed = contexts.change(changes, identifier=new, ports=call.ports)
    except Conflict:
        raise translate.taken(new or "", tenant=call.tenant) from None
    return translate.tenant(changed, tenant=call.tenant)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def remove_tenant(call: Call) -> None:
    call.ports.contexts.remove(translate.identifier_of(call.path))


handler = methods(GET=get_tenant, PATCH=change_tenant, DELETE=remove_tenant)
