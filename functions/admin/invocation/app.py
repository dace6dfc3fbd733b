"""/admin/v1/invocations/{invocation}: the progress of an accepted event"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.invocations import InvocationResponse
from carillon.dialects.admin.translate import invocations as translate
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import progress


@endpoint(admin.dialect, scope=Scope.ADMIN)
def get_invocation(call: Call) -> InvocationResponse:
    id = path_id(call.path, Noun.INVOCATION)
    return translate.invocation(progress.follow(id, ports=call.ports))


handler = methods(GET=get_invocation)
