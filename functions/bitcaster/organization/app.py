"""GET /api/o/{org}/"""

from carillon.dialects import bitcaster
from carillon.dialects.bitcaster import places
from carillon.dialects.bitcaster.schemas.places import OrganizationResponse
from carillon.dialects.bitcaster.translate import places as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods


@endpoint(bitcaster.dialect, scope=Scope.EVENT_LIST, within=bitcaster.within)
def get_organization(call: Call) -> OrganizationResponse:
    tenant = call.ports.record.get()
    return translate.organization(tenant, places.organization(call.request.base_url, tenant.id))


handler = methods(GET=get_organization)
