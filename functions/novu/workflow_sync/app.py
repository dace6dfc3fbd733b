"""PUT /v2/workflows/{workflow}/sync"""

from carillon.dialects.common import path_slug
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.workflows import SyncWorkflowRequest, WorkflowResponse
from carillon.dialects.novu.translate import workflows as translate
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import Invalid
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import definitions


@endpoint(dialect, scope=Scope.ADMIN)
def sync_workflow(body: SyncWorkflowRequest, call: Call) -> WorkflowResponse:
    """Return the workflow unchanged: a key has one environment, so there is no other to copy to."""
    defined = definitions.get(
        call.application, path_slug(call.path, Noun.EVENT_TYPE, "workflow"), ports=call.ports
    )
    if body.target_environment_id != call.tenant:
        only = f"must be {call.tenant!r}: a key knows its own environment alone"
        raise Invalid(WireProblem("targetEnvironmentId", only, body.target_environment_id))
    return translate.workflow(defined)


handler = methods(PUT=sync_workflow)
