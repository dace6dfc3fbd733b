"""GET, POST /notification-templates: a tenant's own templates, which replace default ones"""

from carillon.dialects import sailpoint
from carillon.dialects.dialect import Answer
from carillon.dialects.sailpoint import collections
from carillon.dialects.sailpoint.collections import CollectionQuery
from carillon.dialects.sailpoint.schemas.templates import TemplateRequest, TemplateResponse
from carillon.dialects.sailpoint.translate import templates as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.catalogue import event_types


@endpoint(sailpoint.dialect, scope=Scope.TEMPLATES_READ)
def list_templates(query: CollectionQuery, call: Call) -> Answer[list[TemplateResponse]]:
    found = call.ports.templates.of_application(call.application)
    rows = [translate.custom(template) for template in found if template.custom]
    return collections.answer(rows, query, translate.FIELDS)


@endpoint(sailpoint.dialect, scope=Scope.TEMPLATES_CREATE)
def upsert_template(body: TemplateRequest, call: Call) -> TemplateResponse:
    """Create or replace a template for an existing key."""
    place = translate.Named(body.key, body.medium, body.locale).place()
    with translate.referring_to(body.key):
        before = event_types.find_template(call.application, body.key, place, ports=call.ports)
    template = translate.to_template(body, call.application, call.ports.clock.now(), before)
    event_types.put_template(template, ports=call.ports)
    return translate.custom(template)


handler = methods(GET=list_templates, POST=upsert_template)
