"""GET /api/o/{org}/c/, .../p/{prj}/c/ and .../c/{channel}/"""

from carillon.dialects import bitcaster
from carillon.dialects.bitcaster import places
from carillon.dialects.bitcaster.schemas.places import ChannelResponse
from carillon.dialects.bitcaster.translate import places as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.integrations import lookup


@endpoint(bitcaster.dialect, scope=Scope.EVENT_LIST, within=bitcaster.within)
def get_channels(call: Call) -> list[ChannelResponse] | ChannelResponse:
    """The tenant's integrations, shared by all projects, or the one in the path."""
    if id := places.item(call.path, "channel"):
        return translate.channel(call.ports.integrations.get(id))
    return [translate.channel(one) for one in lookup.shared(ports=call.ports)]


handler = methods(GET=get_channels)
