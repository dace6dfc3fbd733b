"""/v2/topics/{topicKey}: one topic"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.topics import (
    DeletedTopicResponse,
    RenameTopicRequest,
    TopicResponse,
)
from carillon.dialects.novu.translate import topics as translate
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import topics

_audience = endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)


@_audience
def get_topic(call: Call) -> TopicResponse:
    topic = call.ports.topics.get(translate.key_of(call.path))
    return translate.topic(topic, tenant=call.tenant)


@_audience
def rename_topic(body: RenameTopicRequest, call: Call) -> TopicResponse:
    key, name = translate.key_of(call.path), body.name
    topic = topics.rename(key, name, ports=call.ports)
    return translate.topic(topic, tenant=call.tenant)


@_audience
def remove_topic(call: Call) -> DeletedTopicResponse:
    """Remove a topic with its memberships."""
    topics.remove(translate.key_of(call.path), ports=call.ports)
    return DeletedTopicResponse()


handler = methods(GET=get_topic, PATCH=rename_topic, DELETE=remove_topic)
