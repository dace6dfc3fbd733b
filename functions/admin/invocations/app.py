"""/admin/v1/invocations: accepted events, newest first"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.common import PageResponse
from carillon.dialects.admin.schemas.invocations import ActivityQuery, HappenedResponse
from carillon.dialects.admin.translate import invocations as translate
from carillon.dialects.admin.translate.common import page
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import find_deliveries


@endpoint(admin.dialect, scope=Scope.ADMIN)
def list_invocations(query: ActivityQuery, call: Call) -> PageResponse[HappenedResponse]:
    found = find_deliveries.activity(
        translate.to_span(query), query.event_type, query.cursor, query.limit, ports=call.ports
    )
    return page(found, translate.happened)


handler = methods(GET=list_invocations)
