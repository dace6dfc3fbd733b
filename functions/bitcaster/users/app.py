"""GET and POST /api/o/{org}/u/"""

from carillon.dialects.bitcaster import AUDIENCE, dialect, places
from carillon.dialects.bitcaster.schemas.common import ListQuery
from carillon.dialects.bitcaster.schemas.users import (
    CreateUserRequest,
    UserResponse,
    UserWithFieldsResponse,
)
from carillon.dialects.bitcaster.translate import lists
from carillon.dialects.bitcaster.translate import users as translate
from carillon.dialects.dialect import Answer
from carillon.domain.base.paging import gathered
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import people


@endpoint(dialect, **AUDIENCE)
def list_users(query: ListQuery, call: Call) -> Answer[list[UserResponse]]:
    found = gathered(call.ports.subscribers.list, query.cursor, lists.MOST)
    url = places.users(call.request.base_url, call.tenant)
    return lists.answer([translate.user(each, url) for each in found.items], found.cursor, url)


@endpoint(dialect, **AUDIENCE, status=201, forms=dict)
def create_user(body: CreateUserRequest, call: Call) -> UserWithFieldsResponse:
    """Create a user, or return the one who has the address, unchanged."""
    user, _ = people.add(translate.to_new(body), ports=call.ports)
    return translate.user_with_fields(user, places.users(call.request.base_url, call.tenant))


handler = methods(GET=list_users, POST=create_user)
