"""/v1/topics/{topicKey}/subscribers/{subscriberId}: one membership, and `…/removal`"""

from carillon.dialects.common import path_id
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.topics import SubscribersRequest, TopicSubscriberResponse
from carillon.dialects.novu.translate import topics as translate
from carillon.domain.base.errors import UnknownPath
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import memberships


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def get_topic_subscriber(call: Call) -> TopicSubscriberResponse:
    found = memberships.get(
        path_id(call.path, Noun.TOPIC, "topicKey"),
        path_id(call.path, Noun.SUBSCRIBER, "subscriberId"),
        ports=call.ports,
    )
    return translate.membership(found, tenant=call.tenant)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def remove_subscribers(body: SubscribersRequest, call: Call) -> None:
    """POST …/removal: remove members; others are ignored."""
    if call.path["subscriberId"] != "removal":
        raise UnknownPath(call.request.method, call.request.path)
    key = path_id(call.path, Noun.TOPIC, "topicKey")
    memberships.remove(key, body.subscribers, ports=call.ports)


handler = methods(GET=get_topic_subscriber, POST=remove_subscribers)
