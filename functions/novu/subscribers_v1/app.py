"""/v1/subscribers: create, change and list subscribers"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.common import Numbered, NumberedQuery
from carillon.dialects.novu.schemas.subscribers import CreateSubscriberRequest, SubscriberResponse
from carillon.dialects.novu.translate import subscribers as translate
from carillon.dialects.novu.translate.common import numbered
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import subscribers


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION, status=201)
def create_subscriber(body: CreateSubscriberRequest, call: Call) -> SubscriberResponse:
    """Create a subscriber, or change the one that has the id."""
    changes = translate.to_changes(body.subscriber_id, body)
    subscriber, _ = subscribers.create(changes, ports=call.ports)
    known = subscribers.integrations_of([subscriber], ports=call.ports)
    return translate.subscriber(subscriber, known, tenant=call.tenant)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def list_subscribers(query: NumberedQuery, call: Call) -> Numbered[SubscriberResponse]:
    found = subscribers.numbered(query.page, query.limit, ports=call.ports)
    known = subscribers.integrations_of(found.items, ports=call.ports)
    return numbered(found, translate.subscribers(found.items, known, tenant=call.tenant))


handler = methods(GET=list_subscribers, POST=create_subscriber)
