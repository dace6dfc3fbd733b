"""GET /v2/workflows/{workflow}/steps/{step}"""

from carillon.dialects.common import path_slug
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.steps import StepResponse
from carillon.dialects.novu.translate import workflows as translate
from carillon.domain.base.errors import NotFound
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import definitions


@endpoint(dialect, scope=Scope.ADMIN)
def get_workflow_step(call: Call) -> StepResponse:
    """One step, by either of its ids."""
    defined = definitions.get(
        call.application, path_slug(call.path, Noun.EVENT_TYPE, "workflow"), ports=call.ports
    )
    for step in translate.workflow(defined).steps:
        if call.path["step"] in {step.id, step.step_id}:
            return step
    raise NotFound(Noun.TEMPLATE, call.path["step"])


handler = methods(GET=get_workflow_step)
