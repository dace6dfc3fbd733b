"""GET /trigger-invocations/status: recent invocations of subscribers, and their replies"""

from carillon.dialects import sailpoint
from carillon.dialects.dialect import Answer
from carillon.dialects.sailpoint import collections
from carillon.dialects.sailpoint.collections import CollectionQuery
from carillon.dialects.sailpoint.schemas.invocations import InvocationStatusResponse
from carillon.dialects.sailpoint.translate import invocations as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.delivery import dispatches


@endpoint(sailpoint.dialect, scope=Scope.INVOCATIONS_READ)
def list_status(query: CollectionQuery, call: Call) -> Answer[list[InvocationStatusResponse]]:
    """Recent invocations, newest first by default. Inputs are read for the page only."""
    found = dispatches.recent(ports=call.ports)
    page, total = collections.select(found, query, translate.status_row, translate.FIELDS)
    inputs = dispatches.inputs(page, ports=call.ports)
    shown = [translate.status(one, inputs.get(one.id)) for one in page]
    return collections.listed(shown, total, query)


handler = methods(GET=list_status)
