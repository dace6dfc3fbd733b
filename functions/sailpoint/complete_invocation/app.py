"""POST /trigger-invocations/{id}/complete: a subscriber's reply, authenticated by its secret"""

from carillon.dialects import sailpoint
from carillon.dialects.sailpoint.schemas.invocations import CompleteInvocationRequest
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.delivery import dispatches


@endpoint(sailpoint.dialect, anonymous=True)
def complete_invocation(body: CompleteInvocationRequest, call: Call) -> None:
    """Complete an invocation. SailPoint's own sample sends no Authorization header."""
    dispatches.complete(
        call.path["id"], body.secret, body.output, body.error or "", ports=call.installation
    )


handler = methods(POST=complete_invocation)
