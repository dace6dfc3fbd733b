"""/admin/v1/dead-letters/{queue}/redrive: the operator sends letters to their queue again"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.dead_letters import RedrivenResponse, RedriveRequest
from carillon.dialects.admin.translate import dead_letters as translate
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.operations import dead_letters


@endpoint(admin.dialect, operator=True, body_optional=True)
def redrive(body: RedriveRequest, call: Call) -> RedrivenResponse:
    queue, choice = path_id(call.path, Noun.QUEUE), translate.to_choice(body)
    return translate.redriven(dead_letters.redrive(queue, choice, ports=call.installation))


handler = methods(POST=redrive)
