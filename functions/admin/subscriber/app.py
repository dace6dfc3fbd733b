"""/admin/v1/subscribers/{subscriber}: one subscriber"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.audience import SubscriberResponse
from carillon.dialects.admin.translate import audience as translate
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import subscribers
from carillon.usecases.operations import erase


@endpoint(admin.dialect, scope=Scope.ADMIN)
def get_subscriber(call: Call) -> SubscriberResponse:
    id = path_id(call.path, Noun.SUBSCRIBER)
    return translate.subscriber(subscribers.get(id, ports=call.ports))


@endpoint(admin.dialect, scope=Scope.ADMIN)
def remove_subscriber(call: Call) -> None:
    erase.begin(path_id(call.path, Noun.SUBSCRIBER), ports=call.ports)


handler = methods(GET=get_subscriber, DELETE=remove_subscriber)
