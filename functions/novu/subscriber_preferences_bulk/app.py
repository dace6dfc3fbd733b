"""PATCH /v2/subscribers/{subscriberId}/preferences/bulk: the preferences of many workflows"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.errors import named_in_body
from carillon.dialects.novu.schemas.preferences import BulkPreferencesRequest, LevelResponse
from carillon.dialects.novu.translate import preferences as translate
from carillon.dialects.novu.translate.subscribers import id_of
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import preferences


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
@named_in_body()
def patch_many(body: BulkPreferencesRequest, call: Call) -> list[LevelResponse]:
    """Change all of them, or none when a workflow is unknown or critical."""
    translate.refuse_unserved(context=body.context)
    wanted, events = preferences.change_each(
        id_of(call.path),
        translate.to_channels(body),
        application=call.application,
        ports=call.ports,
    )
    return [translate.level(wanted, event) for event in events]


handler = methods(PATCH=patch_many)
