"""/v2/workflows/{workflow}: one workflow"""

from carillon.dialects.common import path_slug
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.workflows import (
    PatchWorkflowRequest,
    UpdateWorkflowRequest,
    WorkflowResponse,
)
from carillon.dialects.novu.translate import workflows as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import definitions, event_types


@endpoint(dialect, scope=Scope.ADMIN)
def get_workflow(call: Call) -> WorkflowResponse:
    with translate.in_novus_words():
        return translate.workflow(
            definitions.get(call.application, path_slug(call.path, "workflow"), ports=call.ports)
        )


@endpoint(dialect, scope=Scope.ADMIN)
def update_workflow(body: UpdateWorkflowRequest, call: Call) -> WorkflowResponse:
    """Put these steps in the place of all that there are."""
    place, now = (call.application, path_slug(call.path, "workflow")), call.ports.clock.now()
    with translate.in_novus_words():
        before = definitions.get(*place, ports=call.ports)
        defined = definitions.redefine(
            *place,
            translate.changes(body, before.event),
            translate.to_templates(body.steps, before.event, now, before.templates),
            media=translate.CHANNELS,
            ports=call.ports,
        )
    return translate.workflow(defined)


@endpoint(dialect, scope=Scope.ADMIN)
def patch_workflow(body: PatchWorkflowRequest, call: Call) -> WorkflowResponse:
    place = call.application, path_slug(call.path, "workflow")
    with translate.in_novus_words():
        before = definitions.get(*place, ports=call.ports)
        changes = translate.changes(body, before.event)
        event = event_types.change(*place, changes, ports=call.ports)
    defined = definitions.completed(event, ports=call.ports)
    return translate.workflow(defined)


@endpoint(dialect, scope=Scope.ADMIN)
def remove_workflow(call: Call) -> None:
    with translate.in_novus_words():
        event_types.remove(call.application, path_slug(call.path, "workflow"), ports=call.ports)


handler = methods(
    GET=get_workflow, PUT=update_workflow, PATCH=patch_workflow, DELETE=remove_workflow
)
