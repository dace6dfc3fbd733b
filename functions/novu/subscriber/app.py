"""/{version}/subscribers/{subscriberId}: one person"""

from carillon.dialects.common import path_id
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.subscribers import (
    Person,
    RemovedResponse,
    SubscriberResponse,
)
from carillon.dialects.novu.translate import subscribers as translate
from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import subscribers


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def get_subscriber(call: Call) -> SubscriberResponse:
    return _shown(subscribers.get(_id(call), ports=call.ports), call)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def update_subscriber(body: Person, call: Call) -> SubscriberResponse:
    """The older clients send null for what is to stay as it is."""
    changes = translate.to_changes(_id(call), body)
    return _shown(subscribers.change(changes, ports=call.ports), call)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def patch_subscriber(body: Person, call: Call) -> SubscriberResponse:
    """The newer clients send null for what is to be emptied, and leave out the rest."""
    changes = translate.to_changes(_id(call), body, clearing=True)
    return _shown(subscribers.change(changes, ports=call.ports), call)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def remove_subscriber(call: Call) -> RemovedResponse:
    """With all memberships."""
    call.ports.subscribers.remove(_id(call))
    return RemovedResponse()


def _id(call: Call) -> str:
    return path_id(call.path, "subscriberId", "subscriber")


def _shown(subscriber: Subscriber, call: Call) -> SubscriberResponse:
    known = subscribers.integrations_of([subscriber], ports=call.ports)
    return translate.subscriber(subscriber, known, tenant=call.tenant)


handler = methods(
    GET=get_subscriber, PUT=update_subscriber, PATCH=patch_subscriber, DELETE=remove_subscriber
)
