"""GET /api/system/ping/"""

from carillon.dialects import bitcaster
from carillon.dialects.bitcaster.schemas.places import PingResponse
from carillon.runtime.endpoint import Call, endpoint, methods


@endpoint(bitcaster.dialect, within=bitcaster.within)
def ping(call: Call) -> PingResponse:
    """The name of the key, which needs no scope."""
    return PingResponse(token=call.grant.name)


handler = methods(GET=ping)
