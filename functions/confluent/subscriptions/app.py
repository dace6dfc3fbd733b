"""/notifications/v1/subscriptions: the notification types that integrations receive"""

from carillon.dialects import confluent
from carillon.dialects.confluent.schemas import (
    ListQuery,
    Subscription,
    SubscriptionList,
    SubscriptionRequest,
)
from carillon.dialects.confluent.translate import subscriptions as translate
from carillon.dialects.confluent.translate.common import Links, created
from carillon.dialects.dialect import Answer
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.subscriptions import of_integrations


@endpoint(confluent.dialect, scope=Scope.ADMIN)
def list_subscriptions(query: ListQuery, call: Call) -> SubscriptionList:
    found = of_integrations.all_of(call.application, ports=call.ports)
    return translate.listed(found, query, Links(call.request.base_url, call.tenant))


@endpoint(confluent.dialect, scope=Scope.ADMIN, status=201)
def create_subscription(body: SubscriptionRequest, call: Call) -> Answer[Subscription]:
    wanted = translate.to_subscription(body, call.application, call.ports.clock.now())
    of_integrations.create(wanted, ports=call.ports)
    shown = translate.subscription(wanted, Links(call.request.base_url, call.tenant))
    return created(shown, shown.metadata)


handler = methods(GET=list_subscriptions, POST=create_subscription)
