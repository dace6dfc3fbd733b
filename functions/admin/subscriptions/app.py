"""/admin/v1/subscriptions: targets that receive every event of a type"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.common import PageQuery, PageResponse
from carillon.dialects.admin.schemas.subscriptions import (
    CreateSubscriptionRequest,
    SubscriptionResponse,
)
from carillon.dialects.admin.translate import subscriptions as translate
from carillon.dialects.admin.translate.common import page
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.subscriptions import subscriptions


@endpoint(admin.dialect, scope=Scope.ADMIN, status=201)
def create_subscription(body: CreateSubscriptionRequest, call: Call) -> SubscriptionResponse:
    subscription = translate.to_subscription(body, call.application, call.ports.clock.now())
    subscriptions.create(subscription, ports=call.ports)
    return translate.subscription(subscription)


@endpoint(admin.dialect, scope=Scope.ADMIN)
def list_subscriptions(query: PageQuery, call: Call) -> PageResponse[SubscriptionResponse]:
    found = call.ports.subscriptions.list(query.cursor, query.limit)
    return page(found, translate.subscription)


handler = methods(GET=list_subscriptions, POST=create_subscription)
