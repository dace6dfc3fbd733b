"""/{version}/topics: create, list and search topics"""

from carillon.dialects.dialect import Answer
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.common import Cursored, Numbered
from carillon.dialects.novu.schemas.topics import (
    CreatedTopicResponse,
    CreateTopicQuery,
    CreateTopicRequest,
    TopicResponse,
    TopicsQuery,
)
from carillon.dialects.novu.translate import topics as translate
from carillon.dialects.novu.translate.common import cursored, is_second, look, numbered
from carillon.domain.base.errors import Conflict
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import topics


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION, status=201, or_status=200)
def create_topic(
    body: CreateTopicRequest, query: CreateTopicQuery, call: Call
) -> CreatedTopicResponse | TopicResponse | Answer[TopicResponse]:
    """The first generation refuses a key that is taken, the second renames what has it."""
    tenant, ports = call.tenant, call.ports
    if is_second(call.request.path):
        return _ensure(body, query, call)
    try:
        topic = topics.create(body.key, body.name, ports=ports)
    except Conflict:
        raise translate.taken(body.key, tenant=tenant) from None
    return translate.created(topic)


def _ensure(
    body: CreateTopicRequest, query: CreateTopicQuery, call: Call
) -> TopicResponse | Answer[TopicResponse]:
    tenant, ports = call.tenant, call.ports
    name = None if query.fail_if_exists else body.name
    topic, is_new = topics.ensure(body.key, name, ports=ports)
    shown = translate.topic(topic, tenant=tenant)
    if is_new:
        return shown
    if query.fail_if_exists:
        raise translate.exists(shown)
    return Answer(status=200, body=dialect.encode(shown))


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def list_topics(
    query: TopicsQuery, call: Call
) -> Numbered[TopicResponse] | Cursored[TopicResponse]:
    """Pages by number in the first generation, with cursors and filters in the second."""
    tenant, ports = call.tenant, call.ports
    if is_second(call.request.path):
        seen = topics.search(look(query), key=query.key, name=query.name, ports=ports)
        return cursored(seen, [translate.topic(one, tenant=tenant) for one in seen.items])
    found = topics.numbered(query.page, query.page_size or query.limit, key=query.key, ports=ports)
    shown = [translate.topic(one, tenant=tenant, subscribers=ids) for one, ids in found.items]
    return numbered(found, shown)


handler = methods(GET=list_topics, POST=create_topic)
