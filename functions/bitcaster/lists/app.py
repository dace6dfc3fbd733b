"""GET and POST /api/o/{org}/p/{prj}/d/ and, as its slash takes it along, GET .../d/{list}/"""

from carillon.dialects import bitcaster
from carillon.dialects.bitcaster import places
from carillon.dialects.bitcaster.schemas.common import ListQuery
from carillon.dialects.bitcaster.schemas.places import CreateListRequest, ListResponse
from carillon.dialects.bitcaster.translate import lists
from carillon.dialects.bitcaster.translate import places as translate
from carillon.dialects.dialect import Answer
from carillon.domain.base import ids
from carillon.domain.base.errors import Conflict, Invalid, MethodNotAllowed, Problem
from carillon.domain.base.paging import gathered
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import topics


@endpoint(
    bitcaster.dialect,
    scope=Scope.AUDIENCE,
    within=bitcaster.within,
    category=Category.CONFIGURATION,
)
def get_lists(query: ListQuery, call: Call) -> Answer[list[ListResponse]] | ListResponse:
    """The tenant's topics, which all of its projects share, or the one that is named."""
    project = places.project(call.request.base_url, call.tenant, call.path)
    if key := places.item(call.path, "list"):
        return translate.distribution_list(call.ports.topics.get(key), project)
    found = gathered(call.ports.topics.list, query.cursor, lists.MOST)
    shown = [translate.distribution_list(topic, project) for topic in found.items]
    return lists.answer(shown, found.cursor, f"{project}/d/")


@endpoint(
    bitcaster.dialect,
    scope=Scope.AUDIENCE,
    within=bitcaster.within,
    status=201,
    forms=dict,
    category=Category.CONFIGURATION,
)
def create_list(body: CreateListRequest, call: Call) -> ListResponse:
    if places.item(call.path, "list"):
        raise MethodNotAllowed("POST", ["GET"])
    key = translate.key_of(body.name) or ids.new()
    try:
        topic = topics.create(key, body.name, ports=call.ports)
    except Conflict:
        raise Invalid(Problem("name", "Name already exists!")) from None
    project = places.project(call.request.base_url, call.tenant, call.path)
    return translate.distribution_list(topic, project)


handler = methods(GET=get_lists, POST=create_list)
