"""GET /v1/notifications/{notificationId}"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.notifications import NotificationResponse
from carillon.dialects.novu.translate import message_ids, notifications
from carillon.domain.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases import find_notifications


@endpoint(dialect, scope=Scope.ACTIVITY)
def get_notification(call: Call) -> NotificationResponse:
    """Source: https://docs.novu.co/api-reference/notifications/retrieve-an-event"""
    invocation, subscriber = message_ids.notification_of(call.path["notificationId"])
    found = find_notifications.notification(
        invocation, subscriber, tenant=call.tenant, ports=call.ports
    )
    return notifications.notification(found, call.tenant)


handler = methods(GET=get_notification)
