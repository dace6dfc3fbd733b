"""/admin/v1/subscriptions/{subscription}: one subscription"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.subscriptions import (
    ChangeSubscriptionRequest,
    SubscriptionResponse,
)
from carillon.dialects.admin.translate import subscriptions as translate
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.subscriptions import subscriptions


@endpoint(admin.dialect, scope=Scope.ADMIN)
def get_subscription(call: Call) -> SubscriptionResponse:
    id = path_id(call.path, Noun.SUBSCRIPTION)
    return translate.subscription(call.ports.subscriptions.get(id))


@endpoint(admin.dialect, scope=Scope.ADMIN)
def change_subscription(body: ChangeSubscriptionRequest, call: Call) -> SubscriptionResponse:
    subscription = subscriptions.change(
        path_id(call.path, Noun.SUBSCRIPTION),
        body.model_dump(exclude_unset=True),
        ports=call.ports,
    )
    return translate.subscription(subscription)


@endpoint(admin.dialect, scope=Scope.ADMIN)
def remove_subscription(call: Call) -> None:
    id = path_id(call.path, Noun.SUBSCRIPTION)
    subscriptions.remove(id, ports=call.ports)


handler = methods(GET=get_subscription, PATCH=change_subscription, DELETE=remove_subscription)
