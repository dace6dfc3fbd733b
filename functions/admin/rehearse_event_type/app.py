"""POST /admin/v1/event-types/{event_type}/test: send its message now, and show the result"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.event_types import ApplicationQuery
from carillon.dialects.admin.schemas.rehearsals import RehearseRequest, RehearseResponse
from carillon.dialects.admin.translate import rehearsals as translate
from carillon.dialects.common import path_slug
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.trying.rehearse import rehearse


@endpoint(admin.dialect, scope=Scope.ADMIN)
def rehearse_event_type(
    body: RehearseRequest, query: ApplicationQuery, call: Call
) -> RehearseResponse:
    """The answer is 200 whatever the target did; its body holds the result."""
    asked = translate.to_rehearsal(
        body,
        event=path_slug(call.path, Noun.EVENT_TYPE),
        application=query.application or call.application,
    )
    return translate.rehearsed(rehearse(asked, ports=call.ports))


handler = methods(POST=rehearse_event_type)
