"""/admin/v1/topics/{topic}: one topic, a group of subscribers"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.audience import ChangeTopicRequest, TopicResponse
from carillon.dialects.admin.translate import audience as translate
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import topics


@endpoint(admin.dialect, scope=Scope.ADMIN)
def get_topic(call: Call) -> TopicResponse:
    return translate.topic(call.ports.topics.get(path_id(call.path, Noun.TOPIC)))


@endpoint(admin.dialect, scope=Scope.ADMIN)
def rename_topic(body: ChangeTopicRequest, call: Call) -> TopicResponse:
    key = path_id(call.path, Noun.TOPIC)
    return translate.topic(topics.rename(key, body.name, ports=call.ports))


@endpoint(admin.dialect, scope=Scope.ADMIN)
def remove_topic(call: Call) -> None:
    topics.remove(path_id(call.path, Noun.TOPIC), ports=call.ports)


handler = methods(GET=get_topic, PATCH=rename_topic, DELETE=remove_topic)
