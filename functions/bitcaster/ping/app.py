"""GET /api/system/ping/"""

from carillon.dialects import bitcaster
from carillon.dialects.bitcaster.schemas.places import PingResponse
from carillon.runtime.endpoint import Call, endpoint, methods


@endpoint(bitcaster.dialect, within=bitcaster.within)
def ping(call: Call) -> PingResponse:
    """Whose key it is: whatever its scopes, it may ask that."""
    return PingResponse(token=call.grant.name)


handler = methods(GET=ping)
