"""POST /v1/subscribers/{subscriberId}/messages/mark-as, and as older clients spell it: markAs"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.messages import MarkRequest, MessageResponse
from carillon.dialects.novu.translate import message_ids, messages
from carillon.domain.base.errors import UnknownPath
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity import feeds

_SPELLINGS = frozenset({"mark-as", "markAs"})


@endpoint(dialect, scope=Scope.AUDIENCE, status=201)
def mark_messages(body: MarkRequest, call: Call) -> list[MessageResponse]:
    """Mark messages of a subscriber's feed; return those that exist.

    Source: https://docs.novu.co/api-reference/subscribers/mark-a-subscriber-messages-as-seen-read
    """
    if call.path["spelling"] not in _SPELLINGS:
        raise UnknownPath(call.request.method, call.request.path)
    marked = feeds.mark(
        call.path["subscriberId"],
        message_ids.places_of(body.message_id),
        body.chosen,
        ports=call.ports,
    )
    return [messages.shown(one, call.tenant) for one in marked]


handler = methods(POST=mark_messages)
