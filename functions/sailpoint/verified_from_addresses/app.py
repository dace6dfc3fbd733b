"""GET, POST /verified-from-addresses, DELETE …/{id}: addresses that mails may come from"""

from carillon.dialects import sailpoint
from carillon.dialects.dialect import Answer
from carillon.dialects.sailpoint import collections
from carillon.dialects.sailpoint.collections import CollectionQuery
from carillon.dialects.sailpoint.filters import Row
from carillon.dialects.sailpoint.translate import senders as translate
from carillon.domain.base.errors import NotFound
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.integrations import senders


@endpoint(sailpoint.dialect, scope=Scope.ADMIN)
def list_senders(query: CollectionQuery, call: Call) -> Answer[list[Row]]:
    """The mail service is asked for those of the page alone."""
    if id := translate.id_of(call.path):
        raise NotFound("path", id)
    rows = [translate.row(s) for s in senders.all_of(ports=call.ports)]
    page = collections.answer(
        rows, query, filterable=translate.FILTERABLE, sortable=translate.SORTABLE
    )
    told = [translate.with_status(found, call.ports.identities) for found in page.body]
    return Answer(status=page.status, body=told, headers=page.headers)


@endpoint(sailpoint.dialect, scope=Scope.ADMIN, status=201)
def add_sender(body: translate.SenderRequest, call: Call) -> translate.Row:
    if id := translate.id_of(call.path):
        raise NotFound("path", id)
    sender = senders.add(body.email, ports=call.ports)
    return translate.with_status(translate.row(sender), call.ports.identities)


@endpoint(sailpoint.dialect, scope=Scope.ADMIN)
def remove_sender(call: Call) -> None:
    senders.remove(translate.id_of(call.path), ports=call.ports)


handler = methods(GET=list_senders, POST=add_sender, DELETE=remove_sender)
