"""POST /v1/subscribers/{subscriberId}/messages/{messageId}/actions/{type}"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.messages import ActionRequest, MessageResponse
from carillon.dialects.novu.translate import message_ids, messages
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import feeds


@endpoint(dialect, scope=Scope.AUDIENCE, status=201)
def mark_action(body: ActionRequest, call: Call) -> MessageResponse:
    """Store the result of a message's button, or remove it (`pending`).

    Source: https://docs.novu.co/api-reference/subscribers/mark-message-action-as-seen
    """
    done, id = body.status == "done", call.path["messageId"]
    with message_ids.asked_for(Noun.MESSAGE, id):
        acted = feeds.act(
            call.path["subscriberId"],
            message_ids.place_of(id),
            call.path["type"],
            (body.payload or {}) if done else None,
            ports=call.ports,
        )
    return messages.shown(acted, call.tenant)


handler = methods(POST=mark_action)
