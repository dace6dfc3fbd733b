"""/admin/v1/dead-letters/{queue}/drop: the operator gives up letters for good"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.dead_letters import DroppedResponse, DropRequest
from carillon.dialects.admin.translate import dead_letters as translate
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.operations import dead_letters


@endpoint(admin.dialect, operator=True)
def drop(body: DropRequest, call: Call) -> DroppedResponse:
    queue, choice = path_id(call.path, Noun.QUEUE), translate.to_choice(body)
    return translate.dropped(dead_letters.drop(queue, choice, ports=call.installation))


handler = methods(POST=drop)
