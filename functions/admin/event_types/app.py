"""/admin/v1/event-types: the kinds of events of an application"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.common import PageResponse
from carillon.dialects.admin.schemas.event_types import (
    ApplicationPageQuery,
    CreateEventTypeRequest,
    EventTypeResponse,
)
from carillon.dialects.admin.translate import event_types as translate
from carillon.dialects.admin.translate.common import page
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import event_types


@endpoint(admin.dialect, scope=Scope.ADMIN, status=201)
def create_event_type(body: CreateEventTypeRequest, call: Call) -> EventTypeResponse:
    event = translate.to_event_type(body, call.application, call.ports.clock.now())
    event_types.create(event, ports=call.ports)
    return translate.event_type(event)


@endpoint(admin.dialect, scope=Scope.ADMIN)
def list_event_types(query: ApplicationPageQuery, call: Call) -> PageResponse[EventTypeResponse]:
    application = query.application or call.application
    found = call.ports.event_types.list(application, query.cursor, query.limit)
    return page(found, translate.event_type)


handler = methods(GET=list_event_types, POST=create_event_type)
