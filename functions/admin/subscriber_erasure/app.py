"""/admin/v1/subscribers/{subscriber}/erasure: how far the removal of a deleted one's data is"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.audience import ErasureResponse
from carillon.dialects.admin.translate import audience as translate
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import erasures


@endpoint(admin.dialect, scope=Scope.ADMIN)
def get_erasure(call: Call) -> ErasureResponse:
    """Say when a subscriber was deleted, and whether all that was stored about them is removed."""
    return translate.erasure(erasures.of(path_id(call.path, Noun.SUBSCRIBER), ports=call.ports))


handler = methods(GET=get_erasure)
