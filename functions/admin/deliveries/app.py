"""/admin/v1/deliveries: deliveries by status, event type and time, newest first"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.common import PageResponse
from carillon.dialects.admin.schemas.invocations import DeliveriesQuery, DeliveryResponse
from carillon.dialects.admin.translate import invocations as translate
from carillon.dialects.admin.translate.common import page
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import find_deliveries
from carillon.usecases.activity.find_deliveries import DeliveryFilter
from carillon.usecases.operations import replay


@endpoint(admin.dialect, scope=Scope.ADMIN)
def list_deliveries(query: DeliveriesQuery, call: Call) -> PageResponse[DeliveryResponse]:
    found = find_deliveries.of_tenant(
        translate.to_span(query),
        query.event_type,
        DeliveryFilter(statuses=query.status),
        query.cursor,
        query.limit,
        ports=call.ports,
    )
    replayed = replay.replayed(found.items, ports=call.ports)
    return page(found, lambda one: translate.delivery(one, replayed))


handler = methods(GET=list_deliveries)
