"""/v1/workflows/{workflow}, once called /v1/notification-templates/{workflow}: one workflow"""

from carillon.dialects.common import path_slug
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.notification_templates import (
    NotificationTemplateRequest,
    NotificationTemplateResponse,
)
from carillon.dialects.novu.translate import notification_templates as translate
from carillon.dialects.novu.translate.workflows import CHANNELS, in_novus_words
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import definitions, event_types


@endpoint(dialect, scope=Scope.ADMIN)
def get_notification_template(call: Call) -> NotificationTemplateResponse:
    with in_novus_words():
        defined = definitions.get(
            call.application, path_slug(call.path, "workflow"), ports=call.ports
        )
    return translate.workflow(defined, call.tenant)


@endpoint(dialect, scope=Scope.ADMIN)
def update_notification_template(
    body: NotificationTemplateRequest, call: Call
) -> NotificationTemplateResponse:
    place, now = (call.application, path_slug(call.path, "workflow")), call.ports.clock.now()
    with in_novus_words():
        before = definitions.get(*place, ports=call.ports)
        defined = definitions.redefine(
            *place,
            translate.changes(body, before.event),
            translate.to_templates(body.steps or [], before.event, now, before.templates),
            media=() if body.steps is None else CHANNELS,
            ports=call.ports,
        )
    return translate.workflow(defined, call.tenant)


@endpoint(dialect, scope=Scope.ADMIN)
def remove_notification_template(call: Call) -> bool:
    with in_novus_words():
        event_types.remove(call.application, path_slug(call.path, "workflow"), ports=call.ports)
    return True


handler = methods(
    GET=get_notification_template,
    PUT=update_notification_template,
    DELETE=remove_notification_template,
)
