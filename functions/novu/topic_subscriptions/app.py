"""/v2/topics/{topicKey}/subscriptions: who is in a topic"""

from carillon.dialects.common import path_id
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.common import Cursored
from carillon.dialects.novu.schemas.topics import (
    RemoveSubscriptionsRequest,
    SubscriptionResponse,
    SubscriptionsQuery,
    SubscriptionsRequest,
    SubscriptionsResponse,
)
from carillon.dialects.novu.translate import topics as translate
from carillon.dialects.novu.translate.common import cursored, look
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import memberships


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def list_subscriptions(query: SubscriptionsQuery, call: Call) -> Cursored[SubscriptionResponse]:
    seen = memberships.members(
        _key(call), look(query), subscriber=query.subscriber_id, ports=call.ports
    )
    return cursored(seen, [translate.subscription(one) for one in seen.items])


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION, status=201)
def create_subscriptions(body: SubscriptionsRequest, call: Call) -> SubscriptionsResponse:
    """A topic that is not there is made, if there is anybody to put into it."""
    body.check()
    done = memberships.subscribe(_key(call), body.ids, ports=call.ports)
    return translate.subscribed(body.ids, done)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def remove_subscriptions(body: RemoveSubscriptionsRequest, call: Call) -> SubscriptionsResponse:
    key = _key(call)
    ids = translate.ids_to_remove(body, key)
    done = memberships.unsubscribe(key, ids, ports=call.ports)
    return translate.unsubscribed(ids, done)


def _key(call: Call) -> str:
    return path_id(call.path, "topicKey", "topic")


handler = methods(GET=list_subscriptions, POST=create_subscriptions, DELETE=remove_subscriptions)
