"""GET /v1/notification-groups: the one group that older clients make workflows in"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.schemas.environments import NotificationGroupResponse
from carillon.dialects.novu.translate import environments as translate
from carillon.runtime.endpoint import Call, endpoint, methods


@endpoint(dialect)
def list_groups(call: Call) -> list[NotificationGroupResponse]:
    return [translate.group(call.tenant)]


handler = methods(GET=list_groups)
