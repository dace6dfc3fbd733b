"""GET /v2/subscribers/{subscriberId}/notifications/count"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.inbox import InboxCountQuery, InboxCountResponse
from carillon.dialects.novu.translate import inbox
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import feeds


@endpoint(dialect, scope=Scope.AUDIENCE, polled=True)
def count_notifications(query: InboxCountQuery, call: Call) -> list[InboxCountResponse]:
    """The number of in-app messages that match each filter, at most 100.

    Source: https://docs.novu.co/api-reference/subscribers/retrieve-subscriber-notifications-count
    """
    return [
        inbox.count(
            feeds.count(
                call.path["subscriberId"], asked.states, feeds.MOST_COUNTED, ports=call.ports
            ),
            asked,
        )
        for asked in query.parsed
    ]


handler = methods(GET=count_notifications)
