"""GET /v2/subscribers/{subscriberId}/notifications"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.inbox import InboxQuery, InboxResponse
from carillon.dialects.novu.translate import inbox, message_ids
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import feeds


@endpoint(dialect, scope=Scope.AUDIENCE, polled=True)
def list_notifications(query: InboxQuery, call: Call) -> InboxResponse:
    """A subscriber's in-app messages as current clients read them, newest first.

    Source: https://docs.novu.co/api-reference/subscribers/retrieve-subscriber-notifications
    """
    found, more = feeds.read_on(
        call.path["subscriberId"],
        message_ids.place_after(query.after),
        query.limit,
        offset=query.offset,
        states=query.states,
        span=inbox.to_span(query),
        ports=call.ports,
    )
    return inbox.inbox(found, query, more=more)


handler = methods(GET=list_notifications)
