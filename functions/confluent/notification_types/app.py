"""/notifications/v1/notification-types: the event types to subscribe to"""

from carillon.dialects import confluent
from carillon.dialects.confluent.schemas import NotificationTypeList, NotificationTypesQuery
from carillon.dialects.confluent.translate import notification_types as translate
from carillon.dialects.confluent.translate.common import Links
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.subscriptions import of_integrations


@endpoint(confluent.dialect, scope=Scope.ADMIN)
def list_notification_types(query: NotificationTypesQuery, call: Call) -> NotificationTypeList:
    found = of_integrations.types_of(call.application, ports=call.ports)
    return translate.listed(found, query, Links(call.request.base_url, call.tenant))


handler = methods(GET=list_notification_types)
