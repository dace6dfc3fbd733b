"""DELETE /v1/messages/{messageId}"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.messages import DeletedResponse
from carillon.dialects.novu.translate import message_ids
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import find_messages


@endpoint(dialect, scope=Scope.AUDIENCE)
def delete_message(call: Call) -> DeletedResponse:
    """Remove an in-app message from its feed; 422 for a message sent to a provider.

    Source: https://docs.novu.co/api-reference/messages/delete-a-message
    """
    id = call.path["messageId"]
    with message_ids.asked_for(Noun.MESSAGE, id):
        find_messages.remove(message_ids.place_of(id), ports=call.ports)
    return DeletedResponse()


handler = methods(DELETE=delete_message)
