"""/admin/v1/dead-letters/{queue}: the operator lists a queue's dead letters"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.dead_letters import DeadLettersResponse, LookQuery
from carillon.dialects.admin.translate import dead_letters as translate
from carillon.dialects.common import path_id
from carillon.domain.base.terms import Noun
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.operations import dead_letters


@endpoint(admin.dialect, operator=True)
def list_letters(query: LookQuery, call: Call) -> DeadLettersResponse:
    queue = path_id(call.path, Noun.QUEUE)
    return translate.looked(dead_letters.look(queue, query.limit, ports=call.installation))


handler = methods(GET=list_letters)
