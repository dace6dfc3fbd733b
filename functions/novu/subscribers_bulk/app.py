"""POST /v1/subscribers/bulk: up to 500 subscribers"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.subscribers import BulkCreateRequest, BulkCreateResponse
from carillon.dialects.novu.translate import subscribers as translate
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import subscribers


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION, cost=20, status=201)
def create_subscribers(body: BulkCreateRequest, call: Call) -> BulkCreateResponse:
    """Create or change many; each succeeds or fails on its own."""
    changes, failed = translate.to_many(body)
    done, unsaved = subscribers.upsert(changes, ports=call.ports)
    return translate.bulk(done, unsaved, failed)


handler = methods(POST=create_subscribers)
