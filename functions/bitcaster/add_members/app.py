"""POST /api/o/{org}/p/{prj}/d/{list}/add/"""

from carillon.dialects import bitcaster
from carillon.dialects.bitcaster import places
from carillon.dialects.bitcaster.schemas.places import AddedResponse, AddMembersRequest
from carillon.dialects.bitcaster.translate import places as translate
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import people


@endpoint(
    bitcaster.dialect,
    scope=Scope.AUDIENCE,
    within=bitcaster.within,
    category=Category.CONFIGURATION,
)
def add_members(body: AddMembersRequest, call: Call) -> AddedResponse:
    """Add people by their addresses: all of them, or none when one is nobody's."""
    names = translate.to_names(body.root)
    key = places.item(call.path, "list")
    call.ports.topics.get(key)
    with translate.unknown_is_invalid():
        people.add_to_topic(key, names, ports=call.ports)
    return AddedResponse(message=names, expected=len(names), found=len(names), added=names)


handler = methods(POST=add_members)
