"""GET /api/system/ping/"""

from carillon.dialects import bitcaster
from carillon.runtime.endpoint import Call, endpoint, methods


@endpoint(bitcaster.dialect, within=bitcaster.within)
def ping(call: Call) -> dict[str, str]:
    """Whose key it is: whatever its scopes, it may ask that."""
    return {"token": call.grant.name}


handler = methods(GET=ping)
