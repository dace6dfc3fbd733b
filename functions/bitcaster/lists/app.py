"""GET and POST /api/o/{org}/p/{prj}/d/ and GET .../d/{list}/"""

from carillon.dialects.bitcaster import AUDIENCE, dialect, places
from carillon.dialects.bitcaster.schemas.common import ListQuery
from carillon.dialects.bitcaster.schemas.places import CreateListRequest, ListResponse
from carillon.dialects.bitcaster.translate import lists
from carillon.dialects.bitcaster.translate import places as translate
from carillon.dialects.dialect import Answer
from carillon.domain.base.paging import gathered
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import topics


@endpoint(dialect, **AUDIENCE)
def get_lists(query: ListQuery, call: Call) -> Answer[list[ListResponse]] | ListResponse:
    """The tenant's topics, shared by all projects, or the one in the path."""
    project = places.project(call.request.base_url, call.tenant, call.path)
    if key := places.item(call.path, "list"):
        return translate.distribution_list(call.ports.topics.get(key), project)
    found = gathered(call.ports.topics.list, query.cursor, lists.MOST)
    shown = [translate.distribution_list(topic, project) for topic in found.items]
    return lists.answer(shown, found.cursor, f"{project}/d/")


@endpoint(dialect, **AUDIENCE, status=201, forms=dict)
def create_list(body: CreateListRequest, call: Call) -> ListResponse:
    places.check_collection(call.path, "list", call.request.method)
    with translate.taken_is_invalid():
        topic = topics.create(translate.key_of(body.name), body.name, ports=call.ports)
    project = places.project(call.request.base_url, call.tenant, call.path)
    return translate.distribution_list(topic, project)


handler = methods(GET=get_lists, POST=create_list)
