"""PUT /v1/workflows/{workflow}/status, once …/notification-templates/{workflow}/status"""

from carillon.dialects.common import path_slug
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.notification_templates import (
    NotificationTemplateResponse,
    StatusRequest,
)
from carillon.dialects.novu.translate import notification_templates as translate
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import definitions, event_types


@endpoint(dialect, scope=Scope.ADMIN)
def switch_notification_template(body: StatusRequest, call: Call) -> NotificationTemplateResponse:
    event = event_types.change(
        call.application,
        path_slug(call.path, Noun.EVENT_TYPE, "workflow"),
        {"active": body.active},
        ports=call.ports,
    )
    defined = definitions.completed(event, ports=call.ports)
    return translate.workflow(defined, call.tenant)


handler = methods(PUT=switch_notification_template)
