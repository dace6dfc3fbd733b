"""GET /v1/subscribers/{subscriberId}/notifications/feed"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.messages import FeedQuery, MessagesResponse
from carillon.dialects.novu.translate import messages
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import feeds


@endpoint(dialect, scope=Scope.AUDIENCE, polled=True)
def read_feed(query: FeedQuery, call: Call) -> MessagesResponse:
    """A page of a subscriber's in-app messages, newest first.

    Source: https://docs.novu.co/api-reference/subscribers/get-in-app-notification-feed
    """
    found = feeds.read(
        call.path["subscriberId"],
        query.page,
        query.limit,
        states=query.states,
        payload=query.wanted,
        ports=call.ports,
    )
    return messages.feed(found, call.tenant)


handler = methods(GET=read_feed)
