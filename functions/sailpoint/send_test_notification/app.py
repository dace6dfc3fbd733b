"""POST /send-test-notification: a notification's real words, sent now to whom one says"""

from carillon.dialects import sailpoint
from carillon.dialects.sailpoint.schemas.notifications import SendTestNotificationRequest
from carillon.dialects.sailpoint.translate import notifications as translate
from carillon.domain.tenancy.access import Scope
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.trying.rehearse import rehearse


@endpoint(sailpoint.dialect, scope=Scope.ADMIN)
def send_test_notification(body: SendTestNotificationRequest, call: Call) -> None:
    """By the tenant's own integration, once. What the target refuses is said as a cause."""
    asked = translate.to_rehearsal(body, call.application)
    translate.check_sent(rehearse(asked, ports=call.ports))


handler = methods(POST=send_test_notification)
