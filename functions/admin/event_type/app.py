"""/admin/v1/event-types/{event_type}: one event type of an application"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.event_types import (
    ApplicationQuery,
    ChangeEventTypeRequest,
    EventTypeResponse,
)
from carillon.dialects.admin.translate import event_types as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import event_types


@endpoint(admin.dialect, scope=Scope.ADMIN)
def get_event_type(query: ApplicationQuery, call: Call) -> EventTypeResponse:
    place = query.application or call.application, translate.slug_of(call.path)
    return translate.event_type(call.ports.event_types.get(*place))


@endpoint(admin.dialect, scope=Scope.ADMIN)
def change_event_type(
    body: ChangeEventTypeRequest, query: ApplicationQuery, call: Call
) -> EventTypeResponse:
    place = query.application or call.application, translate.slug_of(call.path)
    changes = body.model_dump(exclude_unset=True)
    event = event_types.change(*place, changes, ports=call.ports)
    return translate.event_type(event)


@endpoint(admin.dialect, scope=Scope.ADMIN)
def remove_event_type(query: ApplicationQuery, call: Call) -> None:
    place = query.application or call.application, translate.slug_of(call.path)
    event_types.remove(*place, ports=call.ports)


handler = methods(GET=get_event_type, PATCH=change_event_type, DELETE=remove_event_type)
