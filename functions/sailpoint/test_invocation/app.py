"""POST /trigger-invocations/test: a test event for a trigger's subscribers"""

from carillon.dialects import sailpoint
from carillon.dialects.sailpoint.schemas.invocations import (
    InvocationResponse,
    TestInvocationRequest,
)
from carillon.dialects.sailpoint.translate import invocations as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.trying import try_subscriptions


@endpoint(sailpoint.dialect, scope=Scope.INVOCATIONS_MANAGE)
def start_test(body: TestInvocationRequest, call: Call) -> list[InvocationResponse] | None:
    """Invoke the subscribers: 204 without any, an empty list if filters exclude all."""
    trials = try_subscriptions.try_event(
        body.trigger_id,
        application=call.application,
        input=translate.input_of(body),
        content=body.content_json,
        only=body.subscription_ids,
        ports=call.ports,
    )
    return None if trials is None else translate.invocations(trials)


handler = methods(POST=start_test)
