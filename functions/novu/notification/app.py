"""GET /v1/notifications/{notificationId}"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.notifications import NotificationResponse
from carillon.dialects.novu.translate import message_ids, notifications
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import find_notifications


@endpoint(dialect, scope=Scope.ACTIVITY)
def get_notification(call: Call) -> NotificationResponse:
    """An event for one subscriber, with its deliveries.

    Source: https://docs.novu.co/api-reference/notifications/retrieve-an-event
    """
    id = call.path["notificationId"]
    with message_ids.asked_for(Noun.NOTIFICATION, id):
        found = find_notifications.notification(*message_ids.notification_of(id), ports=call.ports)
    return notifications.notification(found, call.tenant)


handler = methods(GET=get_notification)
