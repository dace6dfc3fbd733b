"""/v2/subscribers/{subscriberId}/preferences: what a subscriber wants to receive"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.errors import named_in_body
from carillon.dialects.novu.schemas.preferences import (
    PatchPreferencesRequest,
    PreferencesQuery,
    PreferencesResponse,
)
from carillon.dialects.novu.translate import preferences as translate
from carillon.dialects.novu.translate.subscribers import id_of
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import preferences


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def get_preferences(query: PreferencesQuery, call: Call) -> PreferencesResponse:
    """The preferences of all workflows together, and of each."""
    required = translate.CRITICALITY[query.criticality]
    wishes = preferences.wishes(
        id_of(call.path), application=call.application, required=required, ports=call.ports
    )
    return translate.preferences(wishes)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
@named_in_body()
def patch_preferences(body: PatchPreferencesRequest, call: Call) -> PreferencesResponse:
    """Change the preferences of one workflow, or of all, which replace those of single ones."""
    translate.refuse_unserved(schedule=body.schedule, context=body.context)
    id, place, events = id_of(call.path), call.application, call.ports.event_types
    event = events.get(place, body.workflow_id) if body.workflow_id else None
    preferences.change(id, [translate.to_changes(body.channels, event)], ports=call.ports)
    wishes = preferences.wishes(id, application=place, required=False, ports=call.ports)
    return translate.preferences(wishes)


handler = methods(GET=get_preferences, PATCH=patch_preferences)
