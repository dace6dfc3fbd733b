"""DELETE /v1/messages/transaction/{transactionId}"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.messages import ChannelQuery
from carillon.dialects.novu.translate import records
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import find_messages


@endpoint(dialect, scope=Scope.AUDIENCE)
def delete_messages(query: ChannelQuery, call: Call) -> None:
    """Remove all in-app messages of a transaction from their feeds; an unknown one is no error.

    Source: https://docs.novu.co/api-reference/messages/delete-messages-by-transactionid
    """
    channels = records.to_channels([query.channel])
    find_messages.remove_all(call.path["proxy"], channels, ports=call.ports)


handler = methods(DELETE=delete_messages)
