"""POST /trigger-subscriptions/validate-filter: what a filter makes of an input"""

from carillon.dialects import sailpoint
from carillon.dialects.sailpoint.schemas.subscriptions import (
    ValidateFilterRequest,
    ValidateFilterResponse,
)
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods


@endpoint(sailpoint.dialect, scope=Scope.ADMIN)
def validate_filter(body: ValidateFilterRequest, call: Call) -> ValidateFilterResponse:
    """Three answers: is it JSONPath, does what it names exist, would the event be heard."""
    filters = call.ports.filters
    return ValidateFilterResponse(
        is_valid=filters.matches(body.filter, body.input),
        is_valid_json_path=not filters.check(body.filter),
        is_path_exist=filters.exists(body.filter, body.input),
    )


handler = methods(POST=validate_filter)
