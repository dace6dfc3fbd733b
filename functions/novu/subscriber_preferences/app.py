"""/{version}/subscribers/{subscriberId}/preferences: what somebody wants to hear of"""

from carillon.dialects.common import path_id
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.preferences import (
    OldPreferenceResponse,
    PatchPreferencesRequest,
    PreferencesQuery,
    PreferencesResponse,
)
from carillon.dialects.novu.translate import preferences as translate
from carillon.dialects.novu.translate.common import is_second
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import preferences
from carillon.usecases.audience.preferences import Wishes


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def get_preferences(
    query: PreferencesQuery, call: Call
) -> PreferencesResponse | list[OldPreferenceResponse]:
    """Of all workflows together, and of each: a list of each in the first generation."""
    if is_second(call.request.path):
        required = translate.CRITICALITY[query.criticality]
        return translate.preferences(_wishes(call, required=required))
    wishes = _wishes(call)
    return [translate.old(wishes.preferences, event) for event in wishes.events]


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def patch_preferences(
    body: PatchPreferencesRequest, call: Call
) -> PreferencesResponse | OldPreferenceResponse:
    """Of one workflow, or of all: what is said of all takes the place of what was of one."""
    id, ports = _id(call), call.ports
    if not is_second(call.request.path):
        changed = translate.to_old_changes(body, None, body.preferences)
        wanted = preferences.change(id, [changed], ports=ports)
        return translate.old(wanted, None)
    translate.refuse_unserved(schedule=body.schedule, context=body.context)
    event = ports.event_types.get(call.application, body.workflow_id) if body.workflow_id else None
    changed = translate.to_changes(body.channels, event)
    preferences.change(id, [changed], ports=ports)
    return translate.preferences(_wishes(call, required=False))


def _wishes(call: Call, *, required: bool | None = None) -> Wishes:
    return preferences.wishes(
        _id(call), application=call.application, required=required, ports=call.ports
    )


def _id(call: Call) -> str:
    return path_id(call.path, "subscriberId", "subscriber")


handler = methods(GET=get_preferences, PATCH=patch_preferences)
