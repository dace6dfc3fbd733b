"""/notifications/v1/notification-types/{id}: one notification type"""

from carillon.dialects import confluent
from carillon.dialects.common import path_slug
from carillon.dialects.confluent.schemas import NotificationType
from carillon.dialects.confluent.translate import notification_types as translate
from carillon.dialects.confluent.translate.common import Links
from carillon.domain.base.terms import Noun
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods


@endpoint(confluent.dialect, scope=Scope.ADMIN)
def get_notification_type(call: Call) -> NotificationType:
    found = call.ports.event_types.get(
        call.application, path_slug(call.path, Noun.EVENT_TYPE, "id")
    )
    return translate.notification_type(found, Links(call.request.base_url, call.tenant))


handler = methods(GET=get_notification_type)
