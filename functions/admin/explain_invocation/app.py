"""/admin/v1/invocations/{invocation}/explain: why an event did, or did not, reach a subscriber"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.invocations import ExplainQuery, ExplanationResponse
from carillon.dialects.admin.translate import invocations as translate
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.activity.explain import explain


@endpoint(admin.dialect, scope=Scope.ADMIN)
def explain_invocation(query: ExplainQuery, call: Call) -> ExplanationResponse:
    """Give each decision about an event and a subscriber, and what became of it."""
    id = path_id(call.path, Noun.INVOCATION)
    return translate.explanation(explain(id, query.subscriber, ports=call.ports))


handler = methods(GET=explain_invocation)
