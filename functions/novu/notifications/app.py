"""GET /v1/notifications"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.notifications import NotificationsQuery, NotificationsResponse
from carillon.dialects.novu.translate import notifications
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import find_notifications


@endpoint(dialect, scope=Scope.ACTIVITY)
def list_notifications(query: NotificationsQuery, call: Call) -> NotificationsResponse:
    """A page of events, one entry per subscriber, newest first.

    Source: https://docs.novu.co/api-reference/notifications/list-all-events
    """
    found = find_notifications.notifications(
        notifications.to_sought(query), query.page, query.limit, ports=call.ports
    )
    return notifications.notifications(found, call.tenant)


handler = methods(GET=list_notifications)
