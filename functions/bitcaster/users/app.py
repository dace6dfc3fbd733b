"""GET and POST /api/o/{org}/u/"""

from carillon.dialects import bitcaster
from carillon.dialects.bitcaster import places
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
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import people


@endpoint(
    bitcaster.dialect,
    scope=Scope.AUDIENCE,
    within=bitcaster.within,
    category=Category.CONFIGURATION,
)
def list_users(query: ListQuery, call: Call) -> Answer[list[UserResponse]]:
    read = call.ports.subscribers.list
    found = gathered(read, query.cursor, lists.MOST)
    url = places.users(call.request.base_url, call.tenant)
    return lists.answer([translate.user(each, url) for each in found.items], found.cursor, url)


@endpoint(
    bitcaster.dialect,
    scope=Scope.AUDIENCE,
    within=bitcaster.within,
    status=201,
    forms=dict,
    category=Category.CONFIGURATION,
)
def create_user(body: CreateUserRequest, call: Call) -> UserWithFieldsResponse:
    """Make a user, or find the one who has the address: as they are, nothing of them changes."""
    user, _ = people.add(translate.to_new(body), ports=call.ports)
    return translate.user_with_fields(user, places.users(call.request.base_url, call.tenant))


handler = methods(GET=list_users, POST=create_user)
