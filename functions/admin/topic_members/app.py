"""/admin/v1/topics/{topic}/members: the members of a topic"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.audience import AddedMembersResponse, MembersRequest
from carillon.dialects.admin.schemas.common import PageQuery, PageResponse
from carillon.dialects.admin.translate import audience as translate
from carillon.dialects.admin.translate.common import page
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import memberships


@endpoint(admin.dialect, scope=Scope.ADMIN)
def list_members(query: PageQuery, call: Call) -> PageResponse[str]:
    topic = call.ports.topics.get(path_id(call.path, Noun.TOPIC))
    found = call.ports.topics.members(topic.key, query.cursor, query.limit)
    return page(found, str)


@endpoint(admin.dialect, scope=Scope.ADMIN)
def add_members(body: MembersRequest, call: Call) -> AddedMembersResponse:
    key = path_id(call.path, Noun.TOPIC)
    return translate.joined(memberships.add(key, body.members, ports=call.ports))


@endpoint(admin.dialect, scope=Scope.ADMIN)
def remove_members(body: MembersRequest, call: Call) -> None:
    key = path_id(call.path, Noun.TOPIC)
    memberships.remove(key, body.members, ports=call.ports)


handler = methods(GET=list_members, POST=add_members, DELETE=remove_members)
