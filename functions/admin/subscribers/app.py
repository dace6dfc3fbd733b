"""/admin/v1/subscribers: create and change up to 500 subscribers at once"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.audience import (
    PutSubscribersRequest,
    PutSubscribersResponse,
    SubscriberResponse,
)
from carillon.dialects.admin.schemas.common import PageQuery, PageResponse
from carillon.dialects.admin.translate import audience as translate
from carillon.dialects.admin.translate.common import page
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import subscribers


@endpoint(admin.dialect, scope=Scope.ADMIN)
def put_subscribers(body: PutSubscribersRequest, call: Call) -> PutSubscribersResponse:
    done, unsaved = subscribers.upsert(translate.to_changes(body), ports=call.ports)
    return translate.upserted(done, unsaved)


@endpoint(admin.dialect, scope=Scope.ADMIN)
def list_subscribers(query: PageQuery, call: Call) -> PageResponse[SubscriberResponse]:
    found = call.ports.subscribers.list(query.cursor, query.limit)
    return page(found, translate.subscriber)


handler = methods(GET=list_subscribers, POST=put_subscribers)
