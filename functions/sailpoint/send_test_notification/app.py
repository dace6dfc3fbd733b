"""POST /send-test-notification: send a notification now, to given recipients"""

from carillon.dialects import sailpoint
from carillon.dialects.sailpoint.schemas.notifications import SendTestNotificationRequest
from carillon.dialects.sailpoint.translate import notifications as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.trying.rehearse import rehearse


@endpoint(sailpoint.dialect, scope=Scope.TEMPLATES_CREATE)
def send_test_notification(body: SendTestNotificationRequest, call: Call) -> None:
    """Send once by the tenant's own integration; a refusal is the cause of a 400."""
    asked = translate.to_rehearsal(body, call.application)
    translate.check_sent(rehearse(asked, ports=call.ports))


handler = methods(POST=send_test_notification)
