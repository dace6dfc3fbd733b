"""/{version}/subscribers: create, change, list and search people"""

from collections.abc import Sequence

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.common import Cursored, Numbered
from carillon.dialects.novu.schemas.subscribers import (
    CreateSubscriberQuery,
    CreateSubscriberRequest,
    SearchQuery,
    SubscriberResponse,
)
from carillon.dialects.novu.translate import subscribers as translate
from carillon.dialects.novu.translate.common import cursored, is_second, look, numbered
from carillon.domain.audience.subscribers import Subscriber
from carillon.domain.base.numbering import numbered_walk
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import subscribers


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION, status=201)
def create_subscriber(
    body: CreateSubscriberRequest, query: CreateSubscriberQuery, call: Call
) -> SubscriberResponse:
    """Create somebody, or change who is there: docs.novu.co/api-reference/subscribers"""
    subscriber, created = subscribers.create(
        translate.to_changes(body.subscriber_id, body),
        fail_if_exists=query.fail_if_exists,
        ports=call.ports,
    )
    [shown] = _shown([subscriber], call)
    if query.fail_if_exists and not created:
        raise translate.exists(shown)
    return shown


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def list_subscribers(
    query: SearchQuery, call: Call
) -> Numbered[SubscriberResponse] | Cursored[SubscriberResponse]:
    """Pages by number in the first generation, with cursors and filters in the second."""
    stored = call.ports.subscribers
    if is_second(call.request.path):
        wanted = translate.to_search(query)
        seen = subscribers.search(wanted, look(query), ports=call.ports)
        return cursored(seen, _shown(seen.items, call))
    found = numbered_walk(stored.walk, stored.count, query.page, query.limit)
    return numbered(found, _shown(found.items, call))


def _shown(people: Sequence[Subscriber], call: Call) -> list[SubscriberResponse]:
    known = subscribers.integrations_of(people, ports=call.ports)
    return [translate.subscriber(one, known, tenant=call.tenant) for one in people]


handler = methods(GET=list_subscribers, POST=create_subscriber)
