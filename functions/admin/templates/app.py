"""/admin/v1/event-types/{event_type}/templates: its templates, by medium and locale"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.common import PageResponse
from carillon.dialects.admin.schemas.event_types import (
    ApplicationPageQuery,
    ApplicationQuery,
    PutTemplateRequest,
    TemplateResponse,
)
from carillon.dialects.admin.translate import event_types as translate
from carillon.dialects.admin.translate.common import page
from carillon.domain.base.paging import page_of
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import event_types


@endpoint(admin.dialect, scope=Scope.ADMIN)
def list_templates(query: ApplicationPageQuery, call: Call) -> PageResponse[TemplateResponse]:
    application = query.application or call.application
    event = call.ports.event_types.get(application, translate.slug_of(call.path))
    found = call.ports.templates.for_event(event)
    place, name = translate.place, f"{call.tenant} templates"
    return page(page_of(found, place, name, query.cursor, query.limit), translate.template)


@endpoint(admin.dialect, scope=Scope.ADMIN)
def put_template(body: PutTemplateRequest, query: ApplicationQuery, call: Call) -> TemplateResponse:
    template = translate.to_template(
        body,
        event=translate.slug_of(call.path),
        application=query.application or call.application,
        now=call.ports.clock.now(),
    )
    event_types.put_template(template, ports=call.ports)
    return translate.template(template)


handler = methods(GET=list_templates, PUT=put_template)
