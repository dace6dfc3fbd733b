"""/v2/topics: create or rename, list and search topics"""

from carillon.dialects.dialect import Answer
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.common import Cursored
from carillon.dialects.novu.schemas.topics import (
    CreateTopicQuery,
    CreateTopicRequest,
    TopicResponse,
    TopicsQuery,
)
from carillon.dialects.novu.translate import topics as translate
from carillon.dialects.novu.translate.common import cursored, look
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import topics


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION, status=201, or_status=200)
def create_topic(
    body: CreateTopicRequest, query: CreateTopicQuery, call: Call
) -> Answer[TopicResponse]:
    """Create a topic, or rename the one that has the key."""
    name = None if query.fail_if_exists else body.name
    topic, is_new = topics.ensure(body.key, name, ports=call.ports)
    shown = translate.topic(topic, tenant=call.tenant)
    if query.fail_if_exists and not is_new:
        raise translate.exists(shown)
    return Answer(status=201 if is_new else 200, body=dialect.encode(shown))


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def list_topics(query: TopicsQuery, call: Call) -> Cursored[TopicResponse]:
    wanted = {"key": query.key, "name": query.name}
    seen = topics.search(look(query), **wanted, ports=call.ports)
    return cursored(seen, [translate.topic(one, tenant=call.tenant) for one in seen.items])


handler = methods(GET=list_topics, POST=create_topic)
