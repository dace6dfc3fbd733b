"""DELETE /v1/subscribers/{subscriberId}/credentials/{providerId}"""

from carillon.dialects.novu import dialect
from carillon.dialects.novu.translate.subscribers import id_of
from carillon.domain.tenancy.access import Scope
from carillon.domain.tenancy.rate_limits import Category
from carillon.runtime.endpoint import Call, endpoint, methods
from carillon.usecases.audience import subscribers


@endpoint(dialect, scope=Scope.AUDIENCE, category=Category.CONFIGURATION)
def remove_credentials(call: Call) -> None:
    """Forget where a provider reaches the subscriber."""
    subscribers.remove_credentials(id_of(call.path), call.path["providerId"], ports=call.ports)


handler = methods(DELETE=remove_credentials)
