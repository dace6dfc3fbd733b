"""/admin/v1/dead-letters: the operator counts the dead letters of each queue"""

from carillon.dialects import admin
from carillon.dialects.admin.schemas.common import PageResponse
from carillon.dialects.admin.schemas.dead_letters import DeadLetterQueueResponse
from carillon.dialects.admin.translate import dead_letters as translate
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.operations import dead_letters


@endpoint(admin.dialect, operator=True)
def list_queues(call: Call) -> PageResponse[DeadLetterQueueResponse]:
    return translate.queues(dead_letters.queues(ports=call.installation))


handler = methods(GET=list_queues)
