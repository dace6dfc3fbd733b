"""/v1/workflows, once called /v1/notification-templates: the workflows to trigger"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.notification_templates import (
    CreateNotificationTemplateRequest,
    NotificationTemplateResponse,
    NotificationTemplatesQuery,
    NotificationTemplatesResponse,
)
from carillon.dialects.novu.translate import notification_templates as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import definitions


@endpoint(dialect, scope=Scope.ADMIN, status=201)
def create_workflow(
    body: CreateNotificationTemplateRequest, call: Call
) -> NotificationTemplateResponse:
    """Create a workflow; its identifier is its name, made longer if that is taken."""
    now = call.ports.clock.now()
    event = translate.to_event_type(body, call.application, now, call.fingerprint)
    templates = translate.to_templates(body.steps or [], event, now)
    created = definitions.define_anew(event, templates, ports=call.ports)
    return translate.workflow(created, call.tenant)


@endpoint(dialect, scope=Scope.ADMIN)
def list_workflows(query: NotificationTemplatesQuery, call: Call) -> NotificationTemplatesResponse:
    found = translate.asked_for(definitions.all_of(call.application, ports=call.ports), query)
    page = found[query.page * query.limit :][: query.limit]
    shown = [definitions.completed(event, ports=call.ports) for event in page]
    return translate.page(shown, query, total=len(found), tenant=call.tenant)


handler = methods(GET=list_workflows, POST=create_workflow)
