"""/v1/topics/{topicKey}: one topic, shown with its first members"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.topics import RenameTopicRequest, TopicResponse
from carillon.dialects.novu.translate import topics as translate
from carillon.domain.audience.topics import Topic
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import topics

_audience = endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)


@_audience
def get_topic(call: Call) -> TopicResponse:
    return _shown(call.ports.topics.get(translate.key_of(call.path)), call)


@_audience
def rename_topic(body: RenameTopicRequest, call: Call) -> TopicResponse:
    key, name = translate.key_of(call.path), body.name
    return _shown(topics.rename(key, name, ports=call.ports), call)


@_audience
def remove_topic(call: Call) -> None:
    """Remove an empty topic; 409 while it has members."""
    key = translate.key_of(call.path)
    with translate.occupied(key, tenant=call.tenant):
        topics.remove_empty(key, ports=call.ports)


def _shown(topic: Topic, call: Call) -> TopicResponse:
    ids = topics.first_members(topic.key, ports=call.ports)
    return translate.topic(topic, tenant=call.tenant, subscribers=ids)


handler = methods(GET=get_topic, PATCH=rename_topic, DELETE=remove_topic)
