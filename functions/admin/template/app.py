"""/admin/v1/event-types/{event_type}/templates/{medium}/{locale}: one template"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.event_types import TemplateQuery, TemplateResponse
from carillon.dialects.admin.translate import event_types as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import event_types


@endpoint(admin.dialect, scope=Scope.ADMIN)
def get_template(query: TemplateQuery, call: Call) -> TemplateResponse:
    found = event_types.template(
        query.application or call.application,
        *translate.template_path(call.path, query),
        ports=call.ports,
    )
    return translate.template(found)


@endpoint(admin.dialect, scope=Scope.ADMIN)
def remove_template(query: TemplateQuery, call: Call) -> None:
    event_types.remove_template(
        query.application or call.application,
        *translate.template_path(call.path, query),
        ports=call.ports,
    )


handler = methods(GET=get_template, DELETE=remove_template)
