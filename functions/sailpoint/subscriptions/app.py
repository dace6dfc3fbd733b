"""/trigger-subscriptions: the subscriptions of their own endpoints"""

from carillon.dialects import sailpoint
from carillon.dialects.dialect import Answer
from carillon.dialects.sailpoint import collections
from carillon.dialects.sailpoint.collections import CollectionQuery
from carillon.dialects.sailpoint.schemas.triggers import (
    CreateSubscriptionRequest,
    SubscriptionResponse,
)
from carillon.dialects.sailpoint.translate import triggers as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.subscriptions import endpoints

_EQUAL = frozenset({"eq"})
_FILTERABLE = {"id": _EQUAL, "triggerId": _EQUAL, "type": frozenset({"eq", "le"})}
_SORTABLE = frozenset({"triggerId", "triggerName"})


@endpoint(sailpoint.dialect, scope=Scope.ADMIN)
def list_subscriptions(query: CollectionQuery, call: Call) -> Answer[list[SubscriptionResponse]]:
    found = endpoints.all_of(call.application, ports=call.ports)
    rows = [translate.subscription(one) for one in found]
    return collections.answer(rows, query, filterable=_FILTERABLE, sortable=_SORTABLE)


@endpoint(sailpoint.dialect, scope=Scope.ADMIN, status=201)
def create_subscription(body: CreateSubscriptionRequest, call: Call) -> SubscriptionResponse:
    with translate.in_their_words():
        made = endpoints.create(
            translate.to_draft(body),
            application=call.application,
            defaults=translate.defaults(call.request.base_url, call.tenant),
            ports=call.ports,
        )
    return translate.subscription(made)


handler = methods(GET=list_subscriptions, POST=create_subscription)
