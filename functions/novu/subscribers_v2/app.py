"""/v2/subscribers: create, change and search subscribers"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.common import Cursored
from carillon.dialects.novu.schemas.subscribers import (
    CreateSubscriberQuery,
    CreateSubscriberRequest,
    SearchQuery,
    SubscriberResponse,
)
from carillon.dialects.novu.translate import subscribers as translate
from carillon.dialects.novu.translate.common import cursored, look
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import subscribers


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION, status=201)
def create_subscriber(
    body: CreateSubscriberRequest, query: CreateSubscriberQuery, call: Call
) -> SubscriberResponse:
    """Create a subscriber, or change the one that has the id unless `failIfExists`."""
    changes, strict = translate.to_changes(body.subscriber_id, body), query.fail_if_exists
    subscriber, created = subscribers.create(changes, fail_if_exists=strict, ports=call.ports)
    known = subscribers.integrations_of([subscriber], ports=call.ports)
    shown = translate.subscriber(subscriber, known, tenant=call.tenant)
    return translate.unless_it_exists(shown, fails=strict and not created)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def search_subscribers(query: SearchQuery, call: Call) -> Cursored[SubscriberResponse]:
    wanted = translate.to_search(query)
    seen = subscribers.search(wanted, look(query), ports=call.ports)
    known = subscribers.integrations_of(seen.items, ports=call.ports)
    return cursored(seen, translate.subscribers(seen.items, known, tenant=call.tenant))


handler = methods(GET=search_subscribers, POST=create_subscriber)
