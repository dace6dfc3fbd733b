"""/admin/v1/invocations/{invocation}/deliveries: the account of each delivery"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.common import PageQuery, PageResponse
from carillon.dialects.admin.schemas.invocations import DeliveryResponse
from carillon.dialects.admin.translate import invocations as translate
from carillon.dialects.admin.translate.common import named, page
from carillon.domain.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases import follow_invocations


@endpoint(admin.dialect, scope=Scope.ADMIN)
def list_deliveries(query: PageQuery, call: Call) -> PageResponse[DeliveryResponse]:
    found = follow_invocations.deliveries(
        named(call.path, "invocation"),
        query.cursor,
        query.limit,
        tenant=call.tenant,
        ports=call.ports,
    )
    return page(found, translate.delivery)


handler = methods(GET=list_deliveries)
