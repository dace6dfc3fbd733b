"""POST /v1/subscribers/{subscriberId}/messages/mark-all"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.messages import MarkAllRequest
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import feeds


@endpoint(dialect, scope=Scope.AUDIENCE, status=201)
def mark_all_messages(body: MarkAllRequest, call: Call) -> int:
    """Mark a subscriber's whole feed; return the number of changed messages.

    Source: https://docs.novu.co/api-reference/subscribers/mark-all-messages-as-read-unread-seen-unseen
    """
    return feeds.mark_all(call.path["subscriberId"], body.mark_as, ports=call.ports)


handler = methods(POST=mark_all_messages)
