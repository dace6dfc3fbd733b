"""GET, PUT and PATCH /api/o/{org}/u/{username}/"""

from carillon.dialects import bitcaster
from carillon.dialects.bitcaster import places
from carillon.dialects.bitcaster.schemas.users import ChangeUserRequest, UserWithFieldsResponse
from carillon.dialects.bitcaster.translate import users as translate
from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import people

_user = endpoint(
    bitcaster.dialect,
    scope=Scope.AUDIENCE,
    within=bitcaster.within,
    forms=dict,
    category=Category.CONFIGURATION,
)


@_user
def get_user(call: Call) -> UserWithFieldsResponse:
    """A user by username, or by address, which is the username that the client knows."""
    name = call.path["username"]
    return _shown(people.find(name, ports=call.ports), call)


@_user
def put_user(body: ChangeUserRequest, call: Call) -> UserWithFieldsResponse:
    return _change(body, call, whole=True)


@_user
def patch_user(body: ChangeUserRequest, call: Call) -> UserWithFieldsResponse:
    return _change(body, call, whole=False)


def _change(body: ChangeUserRequest, call: Call, *, whole: bool) -> UserWithFieldsResponse:
    revision = translate.to_revision(body, whole=whole)
    name = call.path["username"]
    return _shown(people.revise(name, revision, ports=call.ports), call)


def _shown(user: Subscriber, call: Call) -> UserWithFieldsResponse:
    return translate.user_with_fields(user, places.users(call.request.base_url, call.tenant))


handler = methods(GET=get_user, PUT=put_user, PATCH=patch_user)
