"""GET /api/o/{org}/p/{prj}/d/{list}/m/"""

from functools import partial

from carillon.dialects.bitcaster import AUDIENCE, dialect, places
from carillon.dialects.bitcaster.schemas.common import ListQuery
from carillon.dialects.bitcaster.schemas.places import MemberResponse
from carillon.dialects.bitcaster.translate import lists
from carillon.dialects.bitcaster.translate import places as translate
from carillon.dialects.dialect import Answer
from carillon.domain.base.paging import gathered
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import subscribers


@endpoint(dialect, **AUDIENCE)
def list_members(query: ListQuery, call: Call) -> Answer[list[MemberResponse]]:
    """The members of a distribution list, with one entry per address."""
    key = places.item(call.path, "list")
    call.ports.topics.get(key)
    read = partial(call.ports.topics.members, key)
    found = gathered(read, query.cursor, lists.MOST)
    people = call.ports.subscribers.get_many(found.items)
    known = [people[id] for id in found.items if id in people]
    integrations = subscribers.integrations_of(known, ports=call.ports)
    shown = translate.members(known, integrations)
    return lists.answer(shown, found.cursor, call.request.url)


handler = methods(GET=list_members)
