"""/trigger-subscriptions: subscriptions with endpoints of their own"""

from carillon.dialects import sailpoint
from carillon.dialects.dialect import Answer
from carillon.dialects.sailpoint import collections
from carillon.dialects.sailpoint.collections import CollectionQuery
from carillon.dialects.sailpoint.schemas.subscriptions import (
    CreateSubscriptionRequest,
    SubscriptionResponse,
)
from carillon.dialects.sailpoint.translate import subscriptions as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.subscriptions import endpoints


@endpoint(sailpoint.dialect, scope=Scope.SUBSCRIPTIONS_READ)
def list_subscriptions(query: CollectionQuery, call: Call) -> Answer[list[SubscriptionResponse]]:
    found = endpoints.all_of(call.application, ports=call.ports)
    rows = [translate.subscription(one) for one in found]
    return collections.answer(rows, query, translate.FIELDS)


@endpoint(sailpoint.dialect, scope=Scope.SUBSCRIPTIONS_MANAGE, status=201)
def create_subscription(body: CreateSubscriptionRequest, call: Call) -> SubscriptionResponse:
    draft = translate.to_draft(body, base_url=call.request.base_url)
    made = endpoints.create(draft, application=call.application, ports=call.ports)
    return translate.subscription(made)


handler = methods(GET=list_subscriptions, POST=create_subscription)
