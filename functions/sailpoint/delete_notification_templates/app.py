"""POST /notification-templates/bulk-delete: return to the default templates"""

from carillon.dialects import sailpoint
from carillon.dialects.sailpoint.schemas.templates import BulkDeleteRequest
from carillon.dialects.sailpoint.translate import templates as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import event_types


@endpoint(sailpoint.dialect, scope=Scope.TEMPLATES_DELETE)
def delete_templates(body: BulkDeleteRequest, call: Call) -> None:
    """Delete templates; missing ones are no error, so that the call can be repeated."""
    for named in body.root:
        event_types.remove_templates(
            call.application, named.key, translate.among(named), ports=call.ports
        )


handler = methods(POST=delete_templates)
