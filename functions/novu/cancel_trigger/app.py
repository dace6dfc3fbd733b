"""DELETE /v1/events/trigger/{transactionId}"""

from carillon.dialects.novu import dialect
from carillon.domain.base.errors import NotFound
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.operations.cancel import cancel


@endpoint(dialect, scope=Scope.EVENT_TRIGGER, category=Category.TRIGGER)
def cancel_triggered_event(call: Call) -> bool:
    """Cancel an event; tell whether any delivery was still pending. An unknown id is no error.

    Source: https://docs.novu.co/api-reference/events/cancel-triggered-event
    """
    try:
        return cancel(call.path["proxy"], ports=call.ports)
    except NotFound:
        return False


handler = methods(DELETE=cancel_triggered_event)
