"""GET, PUT and PATCH /api/o/{org}/u/{username}/"""

from carillon.dialects.bitcaster import AUDIENCE, dialect, places
from carillon.dialects.bitcaster.schemas.users import ChangeUserRequest, UserWithFieldsResponse
from carillon.dialects.bitcaster.translate import users as translate
from carillon.domain.audience.subscribers import Subscriber
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import people


@endpoint(dialect, **AUDIENCE)
def get_user(call: Call) -> UserWithFieldsResponse:
    """A user by username, or by e-mail address, which is the username that the client knows."""
    return _shown(people.find(call.path["username"], ports=call.ports), call)


@endpoint(dialect, **AUDIENCE, forms=dict)
def put_user(body: ChangeUserRequest, call: Call) -> UserWithFieldsResponse:
    return _change(body, call, whole=True)


@endpoint(dialect, **AUDIENCE, forms=dict)
def patch_user(body: ChangeUserRequest, call: Call) -> UserWithFieldsResponse:
    return _change(body, call, whole=False)


def _change(body: ChangeUserRequest, call: Call, *, whole: bool) -> UserWithFieldsResponse:
    revision = translate.to_revision(body, whole=whole)
    return _shown(people.revise(call.path["username"], revision, ports=call.ports), call)


def _shown(user: Subscriber, call: Call) -> UserWithFieldsResponse:
    return translate.user_with_fields(user, places.users(call.request.base_url, call.tenant))


handler = methods(GET=get_user, PUT=put_user, PATCH=patch_user)
