"""GET /trigger-invocations/status: what subscribers were brought of late, and what they answered"""

from carillon.dialects import sailpoint
from carillon.dialects.dialect import Answer
from carillon.dialects.sailpoint import collections
from carillon.dialects.sailpoint.collections import CollectionQuery
from carillon.dialects.sailpoint.filters import Row
from carillon.dialects.sailpoint.translate import triggers as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.delivery import replies

_EQUAL = frozenset({"eq"})
_FILTERABLE = {"triggerId": _EQUAL, "subscriptionId": _EQUAL}
_SORTABLE = frozenset({"triggerId", "subscriptionName", "created", "completed"})


@endpoint(sailpoint.dialect, scope=Scope.ACTIVITY)
def list_status(query: CollectionQuery, call: Call) -> Answer[list[Row]]:
    """The newest first, unless sorted. What was brought is looked up for the page alone."""
    found = replies.recent(ports=call.ports)
    known = {one.id: one for one in found}
    rows = [translate.status(one) for one in found]
    answer = collections.answer(rows, query, filterable=_FILTERABLE, sortable=_SORTABLE)
    shown = [known[row["id"]] for row in answer.body]
    inputs = replies.inputs(shown, ports=call.ports)
    body = [translate.brought(row, inputs.get(row["id"])) for row in answer.body]
    return Answer(status=answer.status, body=body, headers=answer.headers)


handler = methods(GET=list_status)
