"""/notifications/v1/subscriptions/{id}: one subscription"""

from functools import partial

from carillon.dialects import confluent
from carillon.dialects.common import path_id
from carillon.dialects.confluent.schemas import Subscription, SubscriptionUpdate
from carillon.dialects.confluent.translate import subscriptions as translate
from carillon.dialects.confluent.translate.common import Links
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.subscriptions import of_integrations


@endpoint(confluent.dialect, scope=Scope.ADMIN)
def get_subscription(call: Call) -> Subscription:
    id = path_id(call.path, Noun.SUBSCRIPTION, "id")
    found = of_integrations.get(id, call.application, ports=call.ports)
    return translate.subscription(found, Links(call.request.base_url, call.tenant))


@endpoint(confluent.dialect, scope=Scope.ADMIN)
def change_subscription(body: SubscriptionUpdate, call: Call) -> Subscription:
    id = path_id(call.path, Noun.SUBSCRIPTION, "id")
    changes = partial(translate.to_changes, body)
    changed = of_integrations.change(id, call.application, changes, ports=call.ports)
    return translate.subscription(changed, Links(call.request.base_url, call.tenant))


@endpoint(confluent.dialect, scope=Scope.ADMIN)
def remove_subscription(call: Call) -> None:
    id = path_id(call.path, Noun.SUBSCRIPTION, "id")
    of_integrations.remove(id, call.application, ports=call.ports)


handler = methods(GET=get_subscription, PATCH=change_subscription, DELETE=remove_subscription)
