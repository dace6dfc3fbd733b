"""GET /notification-template-defaults: templates of the administrators"""

from carillon.dialects import sailpoint
from carillon.dialects.dialect import Answer
from carillon.dialects.sailpoint import collections
from carillon.dialects.sailpoint.collections import CollectionQuery
from carillon.dialects.sailpoint.schemas.templates import DefaultTemplateResponse
from carillon.dialects.sailpoint.translate import templates as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods


@endpoint(sailpoint.dialect, scope=Scope.TEMPLATE_DEFAULTS_READ)
def list_defaults(query: CollectionQuery, call: Call) -> Answer[list[DefaultTemplateResponse]]:
    found = call.ports.templates.of_application(call.application)
    slugs = sorted({template.event for template in found})
    events = call.ports.event_types.get_many(call.application, slugs)
    rows = list(translate.defaults(found, {slug: event.name for slug, event in events.items()}))
    return collections.answer(rows, query, translate.FIELDS)


handler = methods(GET=list_defaults)
