"""PATCH /v1/subscribers/{subscriberId}/online-status"""

from carillon.dialects.common import path_id
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.subscribers import OnlineRequest, SubscriberResponse
from carillon.dialects.novu.translate import subscribers as translate
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import subscribers


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def set_online_status(body: OnlineRequest, call: Call) -> SubscriberResponse:
    """Set whether a subscriber is online; the time is stored."""
    id = path_id(call.path, Noun.SUBSCRIBER, "subscriberId")
    subscriber = subscribers.set_online(id, online=body.is_online, ports=call.ports)
    known = subscribers.integrations_of([subscriber], ports=call.ports)
    return translate.subscriber(subscriber, known, tenant=call.tenant)


handler = methods(PATCH=set_online_status)
