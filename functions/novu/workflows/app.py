"""/v2/workflows: the workflows to trigger"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.workflows import (
    CreateWorkflowRequest,
    WorkflowResponse,
    WorkflowsQuery,
    WorkflowsResponse,
)
from carillon.dialects.novu.translate import workflows as translate
from carillon.dialects.novu.translate.steps import to_templates
from carillon.dialects.words import WireProblem
from carillon.domain.base.errors import Conflict, Invalid
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import definitions


@endpoint(dialect, scope=Scope.ADMIN, status=201)
def create_workflow(body: CreateWorkflowRequest, call: Call) -> WorkflowResponse:
    """Create a workflow; 422 for an identifier that is taken, as clients retry a 409."""
    now = call.ports.clock.now()
    event = translate.to_event_type(body, call.application, now, call.fingerprint)
    templates = to_templates(body.steps, event, now)
    try:
        defined = definitions.define(event, templates, ports=call.ports)
    except Conflict:
        taken = WireProblem("workflowId", "is another workflow's already", body.workflow_id)
        raise Invalid(taken) from None
    return translate.workflow(defined)


@endpoint(dialect, scope=Scope.ADMIN)
def list_workflows(query: WorkflowsQuery, call: Call) -> WorkflowsResponse:
    found = definitions.all_of(call.application, ports=call.ports)
    return translate.page(found, query)


handler = methods(GET=list_workflows, POST=create_workflow)
