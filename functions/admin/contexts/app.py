"""/admin/v1/contexts: the caller's own sub-tenants, which a trigger may name"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.audience import ContextResponse, CreateContextRequest
from carillon.dialects.admin.schemas.common import PageQuery, PageResponse
from carillon.dialects.admin.translate import audience as translate
from carillon.dialects.admin.translate.common import page
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import contexts


@endpoint(admin.dialect, scope=Scope.ADMIN, status=201)
def create_context(body: CreateContextRequest, call: Call) -> ContextResponse:
    context = translate.to_context(body, call.ports.clock.now())
    contexts.create(context, ports=call.ports)
    return translate.context(context)


@endpoint(admin.dialect, scope=Scope.ADMIN)
def list_contexts(query: PageQuery, call: Call) -> PageResponse[ContextResponse]:
    found = call.ports.contexts.list(query.cursor, query.limit)
    return page(found, translate.context)


handler = methods(GET=list_contexts, POST=create_context)
