"""GET /v1/execution-details"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.notifications import DetailsQuery, ExecutionDetailResponse
from carillon.dialects.novu.translate import message_ids, notifications
from carillon.domain.access import Scope
from carillon.domain.errors import NotFound
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases import find_notifications


@endpoint(dialect, scope=Scope.ACTIVITY)
def list_execution_details(query: DetailsQuery, call: Call) -> list[ExecutionDetailResponse]:
    """Every attempt of a notification's deliveries.

    Source: https://docs.novu.co/api-reference (execution details, of the older clients)
    """
    invocation, subscriber = message_ids.notification_of(query.notification_id)
    if query.subscriber_id not in {None, subscriber}:
        raise NotFound("notification", query.notification_id)
    found = find_notifications.notification(
        invocation, subscriber, tenant=call.tenant, ports=call.ports
    )
    return notifications.execution_details(found, call.tenant)


handler = methods(GET=list_execution_details)
