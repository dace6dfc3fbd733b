"""GET /v1/execution-details"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.notifications import DetailsQuery, ExecutionDetailResponse
from carillon.dialects.novu.translate import message_ids, notifications
from carillon.domain.base.errors import NotFound
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import find_notifications


@endpoint(dialect, scope=Scope.ACTIVITY)
def list_execution_details(query: DetailsQuery, call: Call) -> list[ExecutionDetailResponse]:
    """Every attempt of a notification's deliveries.

    Source: https://docs.novu.co/api-reference (execution details, of the older clients)
    """
    id = query.notification_id
    with message_ids.asked_for(Noun.NOTIFICATION, id):
        found = find_notifications.notification(*message_ids.notification_of(id), ports=call.ports)
    if query.subscriber_id not in {None, found.subscriber}:
        raise NotFound(Noun.NOTIFICATION, id)
    return notifications.execution_details(found, call.tenant)


handler = methods(GET=list_execution_details)
