"""GET /api/o/{org}/p/{prj}/a/{app}/e/"""

from functools import partial

from carillon.dialects import bitcaster
from carillon.dialects.bitcaster import places
from carillon.dialects.bitcaster.schemas.common import ListQuery
from carillon.dialects.bitcaster.schemas.events import EventResponse
from carillon.dialects.bitcaster.translate import events as translate
from carillon.dialects.bitcaster.translate import lists
from carillon.dialects.dialect import Answer
from carillon.domain.base.paging import gathered
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import applications
from carillon.usecases.integrations import lookup


@endpoint(bitcaster.dialect, scope=Scope.EVENT_LIST, within=bitcaster.within)
def list_events(query: ListQuery, call: Call) -> Answer[list[EventResponse]]:
    """The event types of an application; 404 for an unknown one."""
    application = places.application(call.path)
    read = partial(call.ports.event_types.list, application)
    found = gathered(read, query.cursor, lists.MOST)
    if not found.items:
        applications.get_reached(application, grant=call.grant, ports=call.ports)
    channels = lookup.shared(ports=call.ports)
    events = [translate.event(event, channels) for event in found.items]
    return lists.answer(events, found.cursor, call.request.url)


handler = methods(GET=list_events)
