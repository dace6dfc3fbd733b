"""/v1/topics: create and list topics"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.common import Numbered
from carillon.dialects.novu.schemas.topics import (
    CreatedTopicResponse,
    CreateTopicRequest,
    NumberedTopicsQuery,
    TopicResponse,
)
from carillon.dialects.novu.translate import topics as translate
from carillon.dialects.novu.translate.common import numbered
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import topics


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION, status=201)
def create_topic(body: CreateTopicRequest, call: Call) -> CreatedTopicResponse:
    """Create a topic; 409 for a key that is taken."""
    with translate.taken(body.key, tenant=call.tenant):
        topic = topics.create(body.key, body.name, ports=call.ports)
    return translate.created(topic)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def list_topics(query: NumberedTopicsQuery, call: Call) -> Numbered[TopicResponse]:
    found = topics.numbered(query.page, query.size, key=query.key, ports=call.ports)
    return numbered(found, translate.topics(found.items, tenant=call.tenant))


handler = methods(GET=list_topics, POST=create_topic)
