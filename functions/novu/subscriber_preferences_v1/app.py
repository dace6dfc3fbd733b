"""/v1/subscribers/{subscriberId}/preferences: what a subscriber wants to receive"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.preferences import OldPreferenceResponse, OverallRequest
from carillon.dialects.novu.translate import preferences as translate
from carillon.dialects.novu.translate.subscribers import id_of
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import preferences


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def list_preferences(call: Call) -> list[OldPreferenceResponse]:
    """The preferences of each workflow."""
    wishes = preferences.wishes(id_of(call.path), application=call.application, ports=call.ports)
    return [translate.old(wishes.preferences, event) for event in wishes.events]


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def patch_preferences(body: OverallRequest, call: Call) -> OldPreferenceResponse:
    """Change the preferences of all workflows; they replace those of single ones."""
    changes = [translate.to_old_changes(body, None, body.preferences)]
    wanted = preferences.change(id_of(call.path), changes, ports=call.ports)
    return translate.old(wanted, None)


handler = methods(GET=list_preferences, PATCH=patch_preferences)
