"""GET /api/o/{org}/p/{prj}/a/{app}/e/{evt}/o/{occurrence}/: what became of a triggered event"""

from carillon.dialects import bitcaster
from carillon.dialects.bitcaster import places
from carillon.dialects.bitcaster.schemas.events import OccurrenceStatusResponse
from carillon.dialects.bitcaster.translate import events as translate
from carillon.domain.base.errors import NotFound
from carillon.domain.base.terms import Noun
from carillon.domain.catalogue.event_types import EventKey
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import progress


@endpoint(bitcaster.dialect, scope=Scope.EVENT_TRIGGER, within=bitcaster.within)
def get_occurrence(call: Call) -> OccurrenceStatusResponse:
    """Tell an occurrence's status; 404 for one of another event, or of no event yet."""
    id = call.path["occurrence"]
    followed = progress.follow(id, ports=call.ports)
    asked = EventKey(places.application(call.path), call.path["evt"])
    if followed.recorded.invocation.event_key != asked:
        raise NotFound(Noun.INVOCATION, id)
    return translate.status(followed)


handler = methods(GET=get_occurrence)
