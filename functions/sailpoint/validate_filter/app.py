"""POST /trigger-subscriptions/validate-filter: apply a filter to an input"""

from carillon.dialects import sailpoint
from carillon.dialects.sailpoint.schemas.subscriptions import (
    ValidateFilterRequest,
    ValidateFilterResponse,
)
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.subscriptions import subscriptions


@endpoint(sailpoint.dialect, scope=Scope.SUBSCRIPTIONS_MANAGE)
def validate_filter(body: ValidateFilterRequest, call: Call) -> ValidateFilterResponse:
    """Tell whether the filter is JSONPath, finds something, and accepts the input.

    One that would take too much work on the input is refused.
    """
    filters = call.ports.filters
    return ValidateFilterResponse(
        is_valid=subscriptions.judge(body.filter, body.input, ports=call.ports),
        is_valid_json_path=not filters.check(body.filter),
        is_path_exist=filters.exists(body.filter, body.input),
    )


handler = methods(POST=validate_filter)
