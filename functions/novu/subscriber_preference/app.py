"""/v1/subscribers/{subscriberId}/preferences/{part}: of a level, or of one workflow"""

from carillon.dialects.common import path_slug
from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.preferences import OldPreferenceResponse, SingleRequest
from carillon.dialects.novu.translate import preferences as translate
from carillon.dialects.novu.translate.subscribers import id_of
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import preferences, subscribers


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def get_preference(call: Call) -> list[OldPreferenceResponse] | OldPreferenceResponse:
    """The preferences at the level `global` or `template`, or of one workflow."""
    id, part = id_of(call.path), path_slug(call.path, Noun.EVENT_TYPE, "part")
    if part == "template":
        wishes = preferences.wishes(id, application=call.application, ports=call.ports)
        return [translate.old(wishes.preferences, event) for event in wishes.events]
    subscriber = subscribers.get(id, ports=call.ports)
    if part == "global":
        return [translate.old(subscriber.preferences, None)]
    event = call.ports.event_types.get(call.application, part)
    return translate.old(subscriber.preferences, event)


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def patch_preference(body: SingleRequest, call: Call) -> OldPreferenceResponse:
    """Change the preferences of the workflow in the path."""
    id, slug = id_of(call.path), path_slug(call.path, Noun.EVENT_TYPE, "part")
    event = call.ports.event_types.get(call.application, slug)
    changes = [translate.to_old_changes(body, event)]
    return translate.old(preferences.change(id, changes, ports=call.ports), event)


handler = methods(GET=get_preference, PATCH=patch_preference)
