"""POST /api/o/{org}/p/{prj}/d/{list}/add/"""

from carillon.dialects.bitcaster import AUDIENCE, dialect, places
from carillon.dialects.bitcaster.schemas.places import AddedResponse, AddMembersRequest
from carillon.dialects.bitcaster.translate import places as translate
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import people


@endpoint(dialect, **AUDIENCE)
def add_members(body: AddMembersRequest, call: Call) -> AddedResponse:
    """Add members by their addresses: all, or none if an address is unknown."""
    names = translate.to_names(body.root)
    key = places.item(call.path, "list")
    call.ports.topics.get(key)
    with translate.unknown_is_invalid():
        people.add_to_topic(key, names, ports=call.ports)
    return AddedResponse(message=names, expected=len(names), found=len(names), added=names)


handler = methods(POST=add_members)
