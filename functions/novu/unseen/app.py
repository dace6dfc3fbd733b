"""GET /v1/subscribers/{subscriberId}/notifications/unseen"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.messages import CountQuery, CountResponse, states
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import feeds


@endpoint(dialect, scope=Scope.AUDIENCE, polled=True)
def count_unseen(query: CountQuery, call: Call) -> CountResponse:
    """The number of unseen in-app messages, at most 100.

    Source: https://docs.novu.co/api-reference/subscribers/get-the-unseen-in-app-notifications-count
    """
    count = feeds.count(
        call.path["subscriberId"], states(read=None, seen=query.seen), query.limit, ports=call.ports
    )
    return CountResponse(count=count)


handler = methods(GET=count_unseen)
