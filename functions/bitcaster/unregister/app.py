"""POST /api/o/{org}/p/{prj}/a/{app}/unregister/{username}/"""

from carillon.dialects.bitcaster import AUDIENCE, dialect, places
from carillon.dialects.bitcaster.schemas.users import UnregisteredResponse
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import people


@endpoint(dialect, **AUDIENCE)
def unregister_user(call: Call) -> UnregisteredResponse:
    """End a user's registration with an application; its memberships in lists stay."""
    deleted = people.unregister(
        places.item(call.path, "username"), places.application(call.path), ports=call.ports
    )
    return UnregisteredResponse(deleted=deleted)


handler = methods(POST=unregister_user)
