"""/v2/workflows: what may be triggered"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.workflows import (
    CreateWorkflowRequest,
    WorkflowResponse,
    WorkflowsQuery,
    WorkflowsResponse,
)
from carillon.dialects.novu.translate import workflows as translate
from carillon.domain.base.errors import Conflict, Invalid, Problem
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import definitions


@endpoint(dialect, scope=Scope.ADMIN, status=201)
def create_workflow(body: CreateWorkflowRequest, call: Call) -> WorkflowResponse:
    """Make a workflow. An identifier that is taken is no 409, which clients repeat for an hour."""
    now = call.ports.clock.now()
    event = translate.to_event_type(body, call.application, now, call.fingerprint)
    templates = translate.to_templates(body.steps, event, now)
    try:
        with translate.in_novus_words():
            defined = definitions.define(event, templates, ports=call.ports)
    except Conflict:
        taken = Problem("workflowId", "is another workflow's already", body.workflow_id)
        raise Invalid(taken) from None
    return translate.workflow(defined)


@endpoint(dialect, scope=Scope.ADMIN)
def list_workflows(query: WorkflowsQuery, call: Call) -> WorkflowsResponse:
    found = definitions.all_of(call.application, ports=call.ports)
    return translate.page(found, query)


handler = methods(GET=list_workflows, POST=create_workflow)
