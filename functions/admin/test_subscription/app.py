"""POST /admin/v1/subscriptions/{subscription}/test: send a test event to its target"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.subscriptions import (
    TestSubscriptionRequest,
    TestSubscriptionResponse,
)
from carillon.dialects.admin.translate import subscriptions as translate
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.trying import try_subscriptions


@endpoint(admin.dialect, scope=Scope.ADMIN, body_optional=True)
def test_subscription(body: TestSubscriptionRequest, call: Call) -> TestSubscriptionResponse:
    """Send the event once by the real provider; the filter is not applied."""
    trials = try_subscriptions.try_subscription(
        path_id(call.path, Noun.SUBSCRIPTION), input=body.input, ports=call.ports
    )
    return translate.tested(trials)


handler = methods(POST=test_subscription)
