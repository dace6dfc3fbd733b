"""GET /api/o/{org}/p/{prj}/a/ and .../a/{app}/"""

from carillon.dialects import bitcaster
from carillon.dialects.bitcaster import places
from carillon.dialects.bitcaster.schemas.places import ApplicationResponse
from carillon.dialects.bitcaster.translate import places as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import applications


@endpoint(bitcaster.dialect, scope=Scope.EVENT_LIST, within=bitcaster.within)
def get_applications(call: Call) -> list[ApplicationResponse] | ApplicationResponse:
    """The applications of a project within the key's reach, or the one in the path."""
    own = places.organization(call.request.base_url, call.tenant)
    project = places.item(call.path, "prj")
    if places.item(call.path, "app"):
        path = places.application(call.path)
        found = applications.get_reached(path, grant=call.grant, ports=call.ports)
        return translate.application(found, own)
    reached = applications.reached(call.grant, ports=call.ports)
    inside = [place for place in reached if place.project == project]
    if not inside:
        applications.get_reached(project, grant=call.grant, ports=call.ports)
    return [translate.application(place, own) for place in inside if not place.is_project]


handler = methods(GET=get_applications)
