"""/v1/subscribers/{subscriberId}: one subscriber"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.subscribers import Person, RemovedResponse, SubscriberResponse
from carillon.dialects.novu.translate import subscribers as translate
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import subscribers
from carillon.usecases.operations import erase

_audience = endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)


@_audience
def get_subscriber(call: Call) -> SubscriberResponse:
    found = subscribers.get(translate.id_of(call.path), ports=call.ports)
    known = subscribers.integrations_of([found], ports=call.ports)
    return translate.subscriber(found, known, tenant=call.tenant)


@_audience
def update_subscriber(body: Person, call: Call) -> SubscriberResponse:
    """Change the given fields; null leaves a field as it is, as older clients expect."""
    changes = translate.to_changes(translate.id_of(call.path), body)
    changed = subscribers.change(changes, ports=call.ports)
    known = subscribers.integrations_of([changed], ports=call.ports)
    return translate.subscriber(changed, known, tenant=call.tenant)


@_audience
def remove_subscriber(call: Call) -> RemovedResponse:
    """Remove a subscriber with all that is stored about them."""
    erase.begin(translate.id_of(call.path), ports=call.ports)
    return RemovedResponse()


handler = methods(GET=get_subscriber, PUT=update_subscriber, DELETE=remove_subscriber)
