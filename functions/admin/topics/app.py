"""/admin/v1/topics: create and fill up to 100 topics at once"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.audience import (
    PutTopicsRequest,
    PutTopicsResponse,
    TopicResponse,
)
from carillon.dialects.admin.schemas.common import PageQuery, PageResponse
from carillon.dialects.admin.translate import audience as translate
from carillon.dialects.admin.translate.common import page
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import memberships


@endpoint(admin.dialect, scope=Scope.ADMIN)
def put_topics(body: PutTopicsRequest, call: Call) -> PutTopicsResponse:
    drafts = translate.to_drafts(body)
    return translate.grouped(memberships.upsert_topics(drafts, ports=call.ports))


@endpoint(admin.dialect, scope=Scope.ADMIN)
def list_topics(query: PageQuery, call: Call) -> PageResponse[TopicResponse]:
    found = call.ports.topics.list(query.cursor, query.limit)
    return page(found, translate.topic)


handler = methods(GET=list_topics, POST=put_topics)
