"""/v2/workflows/{workflow}: one workflow"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas import workflows as schemas
from carillon.dialects.novu.translate.workflows import slug_of, to_change, workflow
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import definitions, event_types


@endpoint(dialect, scope=Scope.ADMIN)
def get(call: Call) -> schemas.WorkflowResponse:
    return workflow(definitions.get(*_place(call), ports=call.ports))


@endpoint(dialect, scope=Scope.ADMIN)
def update(body: schemas.UpdateWorkflowRequest, call: Call) -> schemas.WorkflowResponse:
    """Change a workflow, and replace all its steps by those of the body."""
    return workflow(definitions.redefine(*_place(call), to_change(body), ports=call.ports))


@endpoint(dialect, scope=Scope.ADMIN)
def patch(body: schemas.PatchWorkflowRequest, call: Call) -> schemas.WorkflowResponse:
    return workflow(definitions.redefine(*_place(call), to_change(body), ports=call.ports))


@endpoint(dialect, scope=Scope.ADMIN)
def remove(call: Call) -> None:
    event_types.remove(*_place(call), ports=call.ports)


def _place(call: Call) -> tuple[str, str]:
    return call.application, slug_of(call.path)


handler = methods(GET=get, PUT=update, PATCH=patch, DELETE=remove)
