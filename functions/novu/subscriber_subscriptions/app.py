"""GET /v2/subscribers/{subscriberId}/subscriptions: the topics of a subscriber"""

from carillon.dialects.common import path_id
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.common import Cursored
from carillon.dialects.novu.schemas.topics import SubscriptionResponse, SubscriptionsQuery
from carillon.dialects.novu.translate import topics as translate
from carillon.dialects.novu.translate.common import cursored, look
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import memberships


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def list_subscriptions(query: SubscriptionsQuery, call: Call) -> Cursored[SubscriptionResponse]:
    seen = memberships.topics_of(
        path_id(call.path, Noun.SUBSCRIBER, "subscriberId"),
        look(query),
        key=query.key,
        ports=call.ports,
    )
    return cursored(seen, [translate.subscription(one) for one in seen.items])


handler = methods(GET=list_subscriptions)
