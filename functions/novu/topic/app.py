"""/{version}/topics/{topicKey}: one topic"""

from carillon.dialects.common import path_id
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.topics import (
    DeletedTopicResponse,
    RenameTopicRequest,
    TopicResponse,
)
from carillon.dialects.novu.translate import topics as translate
from carillon.dialects.novu.translate.common import is_second
from carillon.domain.audience.topics import Topic
from carillon.domain.base.errors import Conflict
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import topics


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def get_topic(call: Call) -> TopicResponse:
    return _shown(call.ports.topics.get(_key(call)), call)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def rename_topic(body: RenameTopicRequest, call: Call) -> TopicResponse:
    topic = topics.rename(_key(call), body.name, ports=call.ports)
    return _shown(topic, call)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def remove_topic(call: Call) -> DeletedTopicResponse | None:
    """The first generation keeps a topic that somebody is in, the second removes it with all."""
    key = _key(call)
    if is_second(call.request.path):
        call.ports.topics.remove(key)
        return DeletedTopicResponse()
    try:
        topics.remove_empty(key, ports=call.ports)
    except Conflict:
        raise translate.occupied(key, tenant=call.tenant) from None
    return None


def _shown(topic: Topic, call: Call) -> TopicResponse:
    if is_second(call.request.path):
        return translate.topic(topic, tenant=call.tenant)
    ids = topics.first_members(topic.key, ports=call.ports)
    return translate.topic(topic, tenant=call.tenant, subscribers=ids)


def _key(call: Call) -> str:
    return path_id(call.path, "topicKey", "topic")


handler = methods(GET=get_topic, PATCH=rename_topic, DELETE=remove_topic)
