"""GET, POST /verified-from-addresses, DELETE …/{id}: the addresses a tenant may send mail from"""

from carillon.dialects.dialect import Answer
from carillon.dialects.sailpoint import collections, dialect
from carillon.dialects.sailpoint.collections import CollectionQuery
from carillon.dialects.sailpoint.schemas.senders import SenderRequest, SenderResponse
from carillon.dialects.sailpoint.translate import senders as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.integrations import senders


@endpoint(dialect, scope=Scope.ADMIN)
def list_senders(query: CollectionQuery, call: Call) -> Answer[list[SenderResponse]]:
    """List senders; the mail service is asked about those of the page only."""
    translate.check_collection(call.path, call.request.method, call.request.path)
    found = senders.all_of(ports=call.ports)
    page, total = collections.select(found, query, translate.row, translate.FIELDS)
    shown = [translate.sender(one) for one in senders.checked(page, ports=call.ports)]
    return collections.listed(shown, total, query)


@endpoint(dialect, scope=Scope.ADMIN, status=201)
def add_sender(body: SenderRequest, call: Call) -> SenderResponse:
    translate.check_collection(call.path, call.request.method, call.request.path)
    added = senders.add(body.email, ports=call.ports)
    [checked] = senders.checked([added], ports=call.ports)
    return translate.sender(checked)


@endpoint(dialect, scope=Scope.ADMIN)
def remove_sender(call: Call) -> None:
    senders.remove(translate.id_of(call.path), ports=call.ports)


handler = methods(GET=list_senders, POST=add_sender, DELETE=remove_sender)
