"""/v1/workflows/{workflow}, once called /v1/notification-templates/{workflow}: one workflow"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.notification_templates import (
    NotificationTemplateRequest,
    NotificationTemplateResponse,
)
from carillon.dialects.novu.translate import notification_templates as translate
from carillon.dialects.novu.translate.workflows import slug_of
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import definitions, event_types


@endpoint(dialect, scope=Scope.ADMIN)
def get_workflow(call: Call) -> NotificationTemplateResponse:
    found = definitions.get(call.application, slug_of(call.path), ports=call.ports)
    return translate.workflow(found, call.tenant)


@endpoint(dialect, scope=Scope.ADMIN)
def update_workflow(body: NotificationTemplateRequest, call: Call) -> NotificationTemplateResponse:
    place, change = (call.application, slug_of(call.path)), translate.to_change(body)
    return translate.workflow(definitions.redefine(*place, change, ports=call.ports), call.tenant)


@endpoint(dialect, scope=Scope.ADMIN)
def remove_workflow(call: Call) -> bool:
    event_types.remove(call.application, slug_of(call.path), ports=call.ports)
    return True


handler = methods(GET=get_workflow, PUT=update_workflow, DELETE=remove_workflow)
