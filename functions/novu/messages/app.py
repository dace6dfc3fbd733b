"""GET /v1/messages"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.messages import MessagesQuery, MessagesResponse
from carillon.dialects.novu.translate import messages, records
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import find_messages


@endpoint(dialect, scope=Scope.ACTIVITY)
def list_messages(query: MessagesQuery, call: Call) -> MessagesResponse:
    """A page of messages of all channels, newest first.

    Source: https://docs.novu.co/api-reference/messages/list-all-messages
    """
    found = find_messages.messages(
        query.page,
        query.limit,
        channels=records.to_channels([query.channel]),
        subscriber=query.subscriber_id,
        invocations=query.transaction_id,
        ports=call.ports,
    )
    return messages.messages(found, call.tenant)


handler = methods(GET=list_messages)
