"""/admin/v1/subscribers/{subscriber}/deliveries: one subscriber's deliveries, newest first"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.common import PageResponse
from carillon.dialects.admin.schemas.invocations import DeliveryResponse, SubscriberDeliveriesQuery
from carillon.dialects.admin.translate import invocations as translate
from carillon.dialects.admin.translate.common import page
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import find_deliveries
from carillon.usecases.activity.find_deliveries import DeliveryFilter
from carillon.usecases.operations import replay


@endpoint(admin.dialect, scope=Scope.ADMIN)
def list_deliveries(query: SubscriberDeliveriesQuery, call: Call) -> PageResponse[DeliveryResponse]:
    found = find_deliveries.of_subscriber(
        path_id(call.path, Noun.SUBSCRIBER),
        translate.to_span(query),
        DeliveryFilter(statuses=query.status),
        query.cursor,
        query.limit,
        ports=call.ports,
    )
    replayed = replay.replayed(found.items, ports=call.ports)
    return page(found, lambda one: translate.delivery(one, replayed))


handler = methods(GET=list_deliveries)
