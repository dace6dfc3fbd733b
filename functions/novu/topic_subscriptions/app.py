"""/v2/topics/{topicKey}/subscriptions: the members of a topic"""

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
    key, only = translate.key_of(call.path), query.subscriber_id
    seen = memberships.members(key, look(query), subscriber=only, ports=call.ports)
    return cursored(seen, [translate.subscription(one) for one in seen.items])


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION, status=201)
def create_subscriptions(body: SubscriptionsRequest, call: Call) -> SubscriptionsResponse:
    key, ids = translate.key_of(call.path), translate.ids_to_add(body)
    return translate.subscribed(ids, memberships.subscribe(key, ids, ports=call.ports))


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def remove_subscriptions(body: RemoveSubscriptionsRequest, call: Call) -> SubscriptionsResponse:
    key = translate.key_of(call.path)
    ids = translate.ids_to_remove(body, key)
    return translate.unsubscribed(ids, memberships.unsubscribe(key, ids, ports=call.ports))


handler = methods(GET=list_subscriptions, POST=create_subscriptions, DELETE=remove_subscriptions)
