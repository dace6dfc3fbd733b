"""/v1/tenants: the caller's own sub-tenants, which a trigger may name"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.common import NumberedQuery
from carillon.dialects.novu.schemas.tenants import (
    CreateTenantRequest,
    TenantResponse,
    TenantsPage,
)
from carillon.dialects.novu.translate import tenants as translate
from carillon.domain.base.errors import Conflict
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import contexts


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION, status=201)
def create_tenant(body: CreateTenantRequest, call: Call) -> TenantResponse:
    context = translate.to_context(body, call.ports.clock.now())
    try:
        contexts.create(context, ports=call.ports)
    except Conflict:
        raise translate.taken(body.identifier, tenant=call.tenant) from None
    return translate.tenant(context, tenant=call.tenant)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def list_tenants(query: NumberedQuery, call: Call) -> TenantsPage:
    found = contexts.numbered(query.page, query.limit, ports=call.ports)
    return TenantsPage(
        data=[translate.tenant(one, tenant=call.tenant) for one in found.items],
        page=query.page,
        page_size=query.limit,
        has_more=found.cursor is not None,
    )


handler = methods(GET=list_tenants, POST=create_tenant)
