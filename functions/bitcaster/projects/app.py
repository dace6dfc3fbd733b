"""GET /api/o/{org}/p/ and .../p/{prj}/"""

from carillon.dialects import bitcaster
from carillon.dialects.bitcaster import places
from carillon.dialects.bitcaster.schemas.places import ProjectResponse
from carillon.dialects.bitcaster.translate import places as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import applications


@endpoint(bitcaster.dialect, scope=Scope.EVENT_LIST, within=bitcaster.within)
def get_projects(call: Call) -> list[ProjectResponse] | ProjectResponse:
    """The projects within the key's reach, or the one in the path."""
    own = places.organization(call.request.base_url, call.tenant)
    if name := places.item(call.path, "prj"):
        found = applications.get_reached(name, grant=call.grant, ports=call.ports)
        return translate.project(found, own)
    reached = applications.reached(call.grant, ports=call.ports)
    return [translate.project(place, own) for place in reached if place.is_project]


handler = methods(GET=get_projects)
