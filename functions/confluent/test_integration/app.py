"""POST /notifications/v1/integrations:test: send a test to a target"""

from carillon.dialects import confluent
from carillon.dialects.confluent.schemas import TestRequest
from carillon.dialects.confluent.translate import integrations as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.trying.try_integration import try_integration


@endpoint(confluent.testing, scope=Scope.ADMIN)
def test(body: TestRequest, call: Call) -> None:
    """The answer is 204 only if the target accepted the test; nothing is stored."""
    draft = translate.to_draft(body)
    tested = try_integration(draft, id=body.id or "", ports=call.ports)
    if not tested.sent:
        raise translate.undelivered(body.target, tested)


handler = methods(POST=test)
