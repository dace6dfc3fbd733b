"""POST /trigger-subscriptions/validate-filter: apply a filter to an input"""

from carillon.dialects import sailpoint
from carillon.dialects.sailpoint.schemas.subscriptions import (
    ValidateFilterRequest,
    ValidateFilterResponse,
)
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods


@endpoint(sailpoint.dialect, scope=Scope.SUBSCRIPTIONS_MANAGE)
def validate_filter(body: ValidateFilterRequest, call: Call) -> ValidateFilterResponse:
    """Tell whether the filter is JSONPath, finds something, and accepts the input."""
    filters = call.ports.filters
    return ValidateFilterResponse(
        is_valid=filters.matches(body.filter, body.input),
        is_valid_json_path=not filters.check(body.filter),
        is_path_exist=filters.exists(body.filter, body.input),
    )


handler = methods(POST=validate_filter)
