"""/admin/v1/contexts/{context}: one of the caller's own sub-tenants"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.audience import ChangeContextRequest, ContextResponse
from carillon.dialects.admin.translate import audience as translate
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import contexts


@endpoint(admin.dialect, scope=Scope.ADMIN)
def get_context(call: Call) -> ContextResponse:
    identifier = path_id(call.path, Noun.CONTEXT)
    return translate.context(contexts.get(identifier, ports=call.ports))


@endpoint(admin.dialect, scope=Scope.ADMIN)
def change_context(body: ChangeContextRequest, call: Call) -> ContextResponse:
    changes = translate.to_context_changes(path_id(call.path, Noun.CONTEXT), body)
    return translate.context(contexts.change(changes, ports=call.ports))


@endpoint(admin.dialect, scope=Scope.ADMIN)
def remove_context(call: Call) -> None:
    call.ports.contexts.remove(path_id(call.path, Noun.CONTEXT))


handler = methods(GET=get_context, PATCH=change_context, DELETE=remove_context)
